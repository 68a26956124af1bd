import { redirect } from "react-router";

import { operatorContext, platformContext } from "#app/context.server.ts";
import { refuseInWords, requirePost } from "#app/http.server.ts";
import { endOperatorSession } from "#app/ops/operator-session.server.ts";
import { requireEmptyForm } from "#app/read-form.server.ts";

import type { Route } from "./+types/sign-out.ts";

export const middleware = [requirePost];

export async function action({ request, context }: Route.ActionArgs) {
  const { db } = context.get(platformContext);
  const { tokenHash } = context.get(operatorContext);
  const cookie = await refuseInWords(context, async () => {
    await requireEmptyForm(request);
    return await db.write((tx) => endOperatorSession(tx, tokenHash));
  });
  return redirect("/ops/sign-in", { status: 303, headers: { "Set-Cookie": cookie } });
}
