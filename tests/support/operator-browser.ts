import { OPERATOR_PASSWORD } from "./operator-password.ts";
import type { TestApp } from "./start-app.ts";

/** The operator's browser: keeps its cookie and says what browsers say of a form. */
export function openOperator(app: Pick<TestApp, "request" | "env">) {
  let cookie = "";
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const response = await app.request(path, { ...init, headers });
    const [set] = response.headers.getSetCookie();
    if (set) cookie = set.includes("Max-Age=0") ? "" : set.split(";")[0]!;
    return response;
  };
  const post = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    ask(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: app.env.PUBLIC_URL!, ...headers },
    });
  return {
    get: ask,
    post,
    cookie: () => cookie,
    signIn: (password = OPERATOR_PASSWORD) => post("/ops/sign-in", { password }),
    /** A page's visible text, tags and their attributes taken out. */
    async text(path: string): Promise<string> {
      const html = await (await ask(path)).text();
      return html
        .replace(/<script[\s\S]*?<\/script>/g, "")
        .replace(/<!-- -->/g, "")
        .replace(/<[^>]+>/g, " ")
        .replace(/\s+/g, " ");
    },
  };
}
