/** The routes are listed in the dashboard's README. Paths are relative, so that a proxy may serve the page. */
export async function getJson(path) {
  return read(await fetch(path));
}

export async function postJson(path, body = {}) {
  return read(
    await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}
