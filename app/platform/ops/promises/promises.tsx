import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { PromisesPage } from "./promises-page.tsx";

import type { Route } from "./+types/promises.ts";

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Promises · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  return await context.get(platformContext).examine();
}

export default function PromisesRoute({ loaderData }: Route.ComponentProps) {
  return <PromisesPage findings={loaderData} />;
}
