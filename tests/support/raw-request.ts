import { connect } from "node:net";

export type RawAnswer = { status: number; headers: Map<string, string>; body: string };

/** Sends bytes as they are, which `fetch` would correct, and answers what came back until the connection closed or fell silent. */
export async function rawRequest(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  const text = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("latin1");
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (isComplete(received)) socket.destroy();
    });
    socket.on("error", (error) => (received ? resolve(received) : reject(error)));
    socket.on("close", () => resolve(received));
  });
  return parse(text);
}

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (end < 0) return false;
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return text.endsWith("\r\n0\r\n\r\n");
}

function parse(text: string): RawAnswer {
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  return { status: Number(first.split(" ")[1] ?? 0), headers, body: body.join("\r\n\r\n") };
}
