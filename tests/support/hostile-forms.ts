import type { FormRoute } from "./form-routes.ts";

/** What no page sends: a name for the test's report, and the body with its type. */
export type HostileBody = { what: string; type: string; body: string };

const FORM = "application/x-www-form-urlencoded";

/** How the browser of a page posts: the path is that of a `FormRoute`. */
export type PostForm = (route: FormRoute, init: RequestInit) => Promise<Response>;

/**
 * Posts each of the bodies to a route.
 *
 * @returns the answers, and what is wrong with them: late, or not in words
 */
export async function postHostileForms(
  route: FormRoute,
  bodies: readonly HostileBody[],
  { post, withinMs }: { post: PostForm; withinMs: number },
): Promise<{ answers: Response[]; wrong: string[]; slowestMs: number }> {
  const answers: Response[] = [];
  const wrong: string[] = [];
  let slowestMs = 0;
  for (const { what, type, body } of bodies) {
    const begun = performance.now();
    const answer = await post(route, { method: "POST", body, headers: { "content-type": type } });
    const text = await answer.clone().text();
    const took = performance.now() - begun;
    slowestMs = Math.max(slowestMs, took);
    const name = `${route.path}, ${what}`;
    if (!route.refused.includes(answer.status)) wrong.push(`${name}: was answered with ${answer.status}`);
    if (took > withinMs) wrong.push(`${name}: took ${Math.round(took)} ms`);
    if (!WORDS.test(text.replaceAll("&#x27;", "'"))) wrong.push(`${name}: says nothing`);
    answers.push(answer);
  }
  return { answers, wrong, slowestMs };
}

const WORDS =
  /not the page's form|not sent the way|larger than \d|from Blnk Cloud's dashboard|nothing at this address|body as application\/json|not valid JSON/i;

/** On top of what the page would send, so that a reader that passes over what it doesn't know is caught. */
export function hostileBodies(form: Record<string, string>): HostileBody[] {
  const page = new URLSearchParams(form).toString();
  const [known] = Object.keys(form);
  const names = [...HOSTILE_NAMES, ...(known === undefined ? [] : misspelled(known))];
  return [
    ...names.map((name) => encoded(short(name), `${page}&${encodeURIComponent(name)}=1`)),
    ...(known === undefined
      ? []
      : [
          encoded(
            "a known field twice",
            `${page}&${new URLSearchParams([[known, form[known]!]]).toString()}`,
          ),
          encoded(
            "a NUL in a value",
            page.replace(/&|$/, (end) => `%00${end}`),
          ),
        ]),
    encoded("a name of half a surrogate pair", `${page}&%ED%A0%80=1`),
    encoded("a broken escape", `${page}&%=1`),
    encoded("no name", `${page}&=1`),
    encoded("10,000 fields", `${page}&${Array.from({ length: 10_000 }, (_, n) => `f${n}`).join("&")}`),
    encoded("30,000 times one field", `${page}${"&a".repeat(30_000)}`),
    encoded("a name of 1 MB", `${page}&${"n".repeat(1_000_000)}=1`),
    ...["text/plain", "application/json", "application/xml", "multipart/form-data", "x"].map((type) => ({
      what: `the type ${type}`,
      type,
      body: page || "x=1",
    })),
    ...multiparts(form),
  ];
}

function encoded(what: string, body: string): HostileBody {
  return { what, type: FORM, body: body.replace(/^&/, "") };
}

const HOSTILE_NAMES = [
  "x[4000000]",
  "x[30000000]",
  "x[4294967294]",
  "x[9007199254740993]",
  "x[-1]",
  "x[1e9]",
  "mute[20].from",
  "mute[4000000].from",
  "mute[0][4000000]",
  "select[4000000]",
  "schedule.days[4000000]",
  "__proto__",
  "__proto__.x",
  "__proto__[x]",
  "select.__proto__.x",
  "constructor",
  "constructor.prototype.x",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "__INTENT__",
  ".",
  "[",
  "]",
  "[]",
  "a..b",
  "a[",
  "a]b[",
  "a[0]".repeat(2000),
  `${"a.".repeat(10_000)}a`,
  "[".repeat(20_000),
  "a\0b",
  "ﬁeld",
  "\u202eeman",
  "🧾",
  "x".repeat(60_000),
];

function misspelled(name: string): string[] {
  return [
    `${name}[]`,
    `${name}[0]`,
    `${name}[4000000]`,
    `${name}.x`,
    `${name}.__proto__`,
    ` ${name}`,
    `${name}\0`,
  ];
}

function multiparts(form: Record<string, string>): HostileBody[] {
  const part = (name: string, more = "") =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n1\r\n`;
  const page = Object.keys(form).map((name) => part(name));
  const multipart = (what: string, parts: string[], end = "--b--\r\n", type = "boundary=b") => ({
    what: `multipart, ${what}`,
    type: `multipart/form-data; ${type}`,
    body: parts.join("") + end,
  });
  return [
    multipart("cut short", page, '--b\r\nContent-Disposition: form-data; name="te'),
    multipart("with a huge index", [...page, part("x[30000000]")]),
    multipart("with a prototype", [...page, part("__proto__")]),
    multipart(
      "of 1,500 parts",
      Array.from({ length: 1500 }, () => part("text")),
    ),
    multipart(
      "of two boundaries",
      Array.from({ length: 500 }, () => part("text")),
      "",
      "boundary=b; boundary=c",
    ),
    multipart("with a file no page has", [...page, part("x", '; filename="x"')]),
  ];
}

function short(name: string): string {
  const text = JSON.stringify(name.slice(0, 30));
  return name.length > 30 ? `${text} and ${name.length - 30} more` : text;
}
