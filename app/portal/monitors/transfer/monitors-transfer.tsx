import { data, Form, useNavigation } from "react-router";

import { app } from "#app/app.ts";
import { listMonitors } from "#app/monitors/monitors.server.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";
import { Button } from "#app/ui/button.tsx";
import { TextAreaField, TextField } from "#app/ui/field.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { importFromForm, type ImportOutcome } from "./import-from-form.server.ts";
import type { Route } from "./+types/monitors-transfer.ts";

const SHOWN = 20;

export function meta(): Route.MetaDescriptors {
  return [{ title: `Export and import · ${app.name}` }];
}

export async function loader({ context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  const monitors = await listMonitors(context.get(platformContext).db.read, installed_app_id);
  return { count: monitors.length };
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const outcome = await importFromForm(context.get(platformContext), context.get(sessionContext), request);
    return data(outcome, { status: outcome.problems ? 400 : 200 });
  });
}

/** Monitors as a file, out and in. */
export default function TransferPage({ loaderData: { count }, actionData: outcome }: Route.ComponentProps) {
  const portalPath = usePortalPath();
  const isSending = useNavigation().formMethod === "POST";
  const exportPath = portalPath("monitors/export");
  const monitors = `${count.toLocaleString("en")} ${count === 1 ? "monitor" : "monitors"}`;
  return (
    <>
      <PageTitle>Export and import</PageTitle>
      <div className="max-w-3xl space-y-6">
        <Section label="Export">
          <Card className="flex flex-wrap gap-x-6 gap-y-2 p-4">
            {/* Plain links: a download attribute would ask without the frame's cookie. */}
            <a href={exportPath} className={LINK}>
              Download {monitors} as JSON
            </a>
            <a href={`${exportPath}?with=state`} className={LINK}>
              With states and incidents
            </a>
          </Card>
        </Section>
        <Section label="Import">
          <Card className="p-4">
            <Form method="post" encType="multipart/form-data" className="space-y-3">
              <TextField label="JSON file" name="file" type="file" accept=".json,application/json" />
              <TextAreaField
                label="Or its text"
                name="text"
                rows={8}
                spellCheck={false}
                placeholder={'{"monitors":[…]}'}
              />
              <label className="flex min-h-7 items-center gap-2">
                <input type="checkbox" name="skip_existing" value="1" className="size-4" />
                Leave out monitors whose name is there already
              </label>
              <Button type="submit" kind="primary" disabled={isSending}>
                {isSending ? "Importing" : "Import"}
              </Button>
              <output className="block min-h-6 text-small">
                {outcome && <Outcome outcome={outcome} listPath={portalPath("monitors")} />}
              </output>
            </Form>
          </Card>
        </Section>
      </div>
    </>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";

const LINK = "font-medium text-link underline-offset-4 hover:underline";

function Outcome({ outcome, listPath }: { outcome: ImportOutcome; listPath: string }) {
  if (outcome.problems) {
    const more = outcome.problems.length - SHOWN;
    return (
      <span className="block space-y-1 text-bad">
        <span className="block">Nothing was imported.</span>
        {outcome.problems.slice(0, SHOWN).map((problem, index) => (
          <span key={index} className="block">
            {problem}
          </span>
        ))}
        {more > 0 && <span className="block">And {more} more.</span>}
      </span>
    );
  }
  return (
    <span className="text-good">
      {outcome.created === 0
        ? "Nothing to import: all of these names are there already. "
        : `Created ${outcome.created}. `}
      <TextLink to={listPath}>To the monitors</TextLink>
    </span>
  );
}
