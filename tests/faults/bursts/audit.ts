import SqliteDatabase from "better-sqlite3";

import type { Acknowledged } from "./burst.ts";

export type Losses = { lost: number; half: number };

/** How many events were acknowledged and are not there, and how many installs are there only in part. */
export function audit(file: string, { installed, launched, uninstalled }: Acknowledged): Losses {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    if (db.pragma("integrity_check", { simple: true }) !== "ok") throw new Error("The database is damaged.");
    const missing = (acknowledged: Set<string>, sql: string) =>
      acknowledged.difference(new Set(db.prepare(sql).pluck().all())).size;
    const lost =
      missing(installed, `${APPLIED} and kind = 'install'`) +
      missing(uninstalled, `${APPLIED} and kind = 'uninstall'`) +
      missing(launched, "select installed_app_id from launches");
    return { lost, half: db.prepare(HALF_APPLIED).pluck().get() as number };
  } finally {
    db.close();
  }
}

const APPLIED = "select installed_app_id from received_events where outcome = 'applied'";

// An applied install has its install, key, activity and job; an uninstalled one has no key left, no open launch and no
// open job.
const HALF_APPLIED = `
  select count(*) from received_events as event
  left join installs as install using (installed_app_id)
  where event.outcome = 'applied' and event.kind = 'install' and (
    install.state is null
    or not exists (select 1 from install_keys as key where key.event_id = event.id)
    or not exists (
      select 1 from activity where installed_app_id = event.installed_app_id and action = 'app.installed')
    or not exists (select 1 from jobs where installed_app_id = event.installed_app_id)
    or (install.state = 'active') = exists (
      select 1 from received_events as gone where gone.installed_app_id = event.installed_app_id
      and gone.kind = 'uninstall' and gone.outcome = 'applied')
    or (install.state = 'inactive' and (
      exists (
        select 1 from install_keys as key
        where key.installed_app_id = event.installed_app_id and key.box is not null)
      or exists (
        select 1 from launches where installed_app_id = event.installed_app_id and ended_at is null)
      or exists (
        select 1 from jobs
        where installed_app_id = event.installed_app_id and state in ('queued', 'running')))))`;
