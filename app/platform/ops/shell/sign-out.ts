import { redirect } from "react-router";

import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { requirePost } from "#app/platform/http/refusals.server.ts";
import { endOperatorSession } from "#app/platform/operator/operator-session.server.ts";
import { requireEmptyForm } from "#app/platform/http/read-form.server.ts";

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
