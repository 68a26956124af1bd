const TIMEOUT_MS = 10_000;
const MAX_BODY = 1_000_000;

export type Answer = { status: number; headers: Headers; body: string; ms: number };

/** One request without following redirects; an answer of any status, or the reason why there was none. */
export async function probe(url: string, init: RequestInit = {}): Promise<Answer | string> {
  const began = performance.now();
  try {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await readStart(response);
    return { status: response.status, headers: response.headers, body, ms: performance.now() - began };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : "no answer";
  }
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BODY) break;
  }
  return text;
}
