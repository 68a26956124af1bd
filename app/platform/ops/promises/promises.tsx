import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from "lucide-react";

import { app } from "#app/app.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { Pill } from "#app/ui/pill.tsx";

import { OpsPage } from "../shell/ops-page.tsx";
import { OpsTable } from "../shell/ops-table.tsx";
import type { Route } from "./+types/promises.ts";

const RESULTS = {
  pass: { tone: "good", Icon: CircleCheck, word: "Pass" },
  warn: { tone: "attention", Icon: TriangleAlert, word: "Look" },
  fail: { tone: "bad", Icon: CircleX, word: "Fail" },
  unknown: { tone: "quiet", Icon: CircleHelp, word: "Cannot tell" },
} as const;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Promises · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  return await context.get(platformContext).examine();
}

export default function PromisesPage({ loaderData: findings }: Route.ComponentProps) {
  return (
    <OpsPage title="Promises">
      <p className="text-quiet">
        Blnk's checklist for Custom Apps, then facts of this machine: what <code>npm run doctor</code> prints.
      </p>
      <OpsTable
        label="Promises"
        columns={["No.", "Promise", "Result", "Seen"]}
        empty=""
        rows={findings.map(({ promise, title, result, why }) => {
          const { tone, Icon, word } = RESULTS[result];
          return {
            key: title,
            cells: [
              promise ?? "",
              title,
              <Pill key="result" tone={tone} Icon={Icon}>
                {word}
              </Pill>,
              why,
            ],
          };
        })}
      />
    </OpsPage>
  );
}

export { OpsError as ErrorBoundary } from "../shell/ops-error.tsx";
