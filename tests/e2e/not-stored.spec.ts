import SqliteDatabase from "better-sqlite3";

import { install, launch, openDashboard, portalAddress, untilInteractive } from "./support/dashboard.ts";
import { expect, test } from "./support/test.ts";

test("a form that could not be stored says so over its page, keeps what was typed, and can be sent again", async ({
  world,
}) => {
  world.expectedErrors.push(/status of 503 .*\/precision\.data/);
  const page = await openDashboard(world);
  await install(page, "production");
  const panel = await launch(page, "production");
  await expect(panel.getByText("Key working")).toBeVisible();
  const [, frame] = page.frames();
  await frame!.goto(`${portalAddress(page).origin}${portalAddress(page).pathname}/precision`);
  await untilInteractive(panel);
  await panel.getByLabel("Currency").fill("XTS");
  await panel.getByLabel("Decimals").selectOption("3");

  const other = new SqliteDatabase(world.app.file);
  other.exec("begin immediate");
  await panel.getByRole("button", { name: "Save" }).click();
  const notice = panel.getByRole("alert");
  await expect(notice).toContainText("This could not be stored, and nothing was changed.");
  await expect(panel.getByLabel("Currency")).toHaveValue("XTS");
  await expect(panel.getByLabel("Decimals")).toHaveValue("3");
  other.exec("rollback");
  other.close();

  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText("Saved for XTS.")).toBeVisible();
  await expect(notice).toBeHidden();
});
