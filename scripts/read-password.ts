import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

const LEAST = 12;

/** Asks for a new password twice, without showing it; where stdin is no terminal it is the first line of it. */
export async function readNewPassword(): Promise<string> {
  const terminal = process.stdin.isTTY;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  try {
    const ask = async (question: string) => {
      if (terminal) process.stderr.write(question);
      const answer = await lines.question("");
      if (terminal) process.stderr.write("\n");
      return answer;
    };
    const password = await ask(`Operator password (at least ${LEAST} characters, not shown): `);
    if (password.length < LEAST)
      throw new Error(`That is shorter than ${LEAST} characters; nothing was made.`);
    if (terminal && (await ask("Once more: ")) !== password)
      throw new Error("The two differ; nothing was made.");
    return password;
  } finally {
    lines.close();
  }
}
