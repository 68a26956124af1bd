import { type MiddlewareFunction, redirect } from "react-router";

import { operatorContext, platformContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import { findOperatorSession } from "#app/platform/operator/operator-session.server.ts";
import { notFoundPage } from "#app/ui/plain-page.server.ts";

/** Runs before every loader and action of the console but the log-in. Without a password hash there is no console. */
export const requireOperator: MiddlewareFunction<Response> = async ({ request, context }, next) => {
  const { operatorConsole, db, clock } = context.get(platformContext);
  if (!operatorConsole) return notFoundPage();
  const session = await findOperatorSession(db, request, operatorConsole.mark, clock.now());
  if (!session) return redirect("/ops/sign-in");
  context.set(operatorContext, { ...session, address: context.get(requestContext).address });
  return await next();
};
