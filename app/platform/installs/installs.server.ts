import type { Database } from "#db/database.server.ts";
import { prepareQuery } from "#db/prepared-query.server.ts";
import type { InstallRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

export type Install = InstallRow;

/** Reads with either handle: inside a unit of work, or the committed state. */
export async function findInstall(
  handle: Tx | Database["read"],
  installedAppId: string,
): Promise<Install | undefined> {
  const [install] = await selectInstall(handle, { installed_app_id: installedAppId });
  return install;
}

const selectInstall = prepareQuery((db, by: Pick<Install, "installed_app_id">) =>
  db.selectFrom("installs").selectAll().where("installed_app_id", "=", by.installed_app_id),
);

type Activated = Pick<Install, "installed_app_id" | "app_id" | "instance_id" | "organization_id"> & {
  permissions: string;
};
type Activation = { now: number; generation: number; keyState: Install["key_state"] };

/** Makes the install active with these permissions under the next generation, which voids all that ran under the last. */
export async function activateInstall(
  tx: Tx,
  install: Activated,
  { keyState = "unverified", ...at }: Omit<Activation, "keyState"> & Partial<Activation>,
): Promise<void> {
  await upsertActiveInstall(tx, { ...install, ...at, keyState });
}

const upsertActiveInstall = prepareQuery((db, install: Activated & Activation) => {
  const { now } = install;
  const current = {
    organization_id: install.organization_id,
    state: "active" as const,
    generation: install.generation,
    granted_permissions: install.permissions,
    key_state: install.keyState,
    key_state_at: now,
    updated_at: now,
    uninstalled_at: null,
  };
  return db
    .insertInto("installs")
    .values({
      installed_app_id: install.installed_app_id,
      app_id: install.app_id,
      instance_id: install.instance_id,
      installed_at: now,
      ...current,
    })
    .onConflict((conflict) => conflict.column("installed_app_id").doUpdateSet(current));
});

export async function deactivateInstall(tx: Tx, install: Install, now: number): Promise<void> {
  await tx
    .updateTable("installs")
    .set({ state: "inactive", generation: install.generation + 1, updated_at: now, uninstalled_at: now })
    .where("installed_app_id", "=", install.installed_app_id)
    .execute();
}
