import { appendFileSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";

// Imported before the app: appends each statement that it prepares to the file named by STATEMENTS, a JSON string a line.
// oxlint-disable-next-line typescript/unbound-method -- called with its connection below
SqliteDatabase.prototype.prepare = new Proxy(SqliteDatabase.prototype.prepare, {
  apply(prepare, connection: SqliteDatabase.Database, [text]: [string]) {
    appendFileSync(process.env["STATEMENTS"]!, `${JSON.stringify(text)}\n`);
    return prepare.call(connection, text);
  },
});
