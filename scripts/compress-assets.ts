import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Writes .br and .gz beside each static file that gains from it: sirv serves them as they are. */
const CLIENT = new URL("../build/client", import.meta.url).pathname;
const TEXT = /\.(js|css|svg|html|json|txt)$/;

for (const entry of await readdir(CLIENT, { recursive: true })) {
  const file = join(CLIENT, entry);
  if (!TEXT.test(entry) || !(await stat(file)).isFile()) continue;
  const content = await readFile(file);
  await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }));
  await writeFile(
    `${file}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
}
