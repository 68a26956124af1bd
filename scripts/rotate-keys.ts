import { readEnvPart } from "#app/platform/http/env.server.ts";
import { rotateKeys } from "#app/platform/installs/rotate-keys.server.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { openBesideServer } from "#db/open-beside-server.server.ts";

import { runCommand } from "./run-command.ts";

/** `npm run rotate-keys`: seals everything with the first of ENCRYPTION_KEYS and says what is left on which key. */
await runCommand(async () => {
  const env = readEnvPart(process.env, ["DATABASE_URL", "ENCRYPTION_KEYS"]);
  const newest = env.ENCRYPTION_KEYS[0]!.id;
  const db = await openBesideServer(env.DATABASE_URL);
  try {
    const { resealed, boxes, walTruncated } = await rotateKeys(
      db,
      createSealer(env.ENCRYPTION_KEYS),
      newest,
      (done) => console.error(`${done} sealed anew …`),
    );
    console.log(`${resealed} sealed anew with ${newest}.`);
    for (const [id, count] of boxes) console.log(`${id}: ${count}`);
    for (const { id } of env.ENCRYPTION_KEYS)
      if (id !== newest && !boxes.has(id))
        console.log(`${id} seals nothing any more and can be removed from ENCRYPTION_KEYS.`);
    if (!walTruncated)
      console.log("The write-ahead log was in use; old boxes leave it with the server's next truncation.");
  } finally {
    await db.close();
  }
});
