import { Form } from "react-router";

import { app } from "#app/app.ts";
import { refuseInWords } from "#app/platform/answers.server.ts";
import { platformContext, sessionContext } from "#app/platform/context.server.ts";
import { readForm } from "#app/platform/http/read-form.server.ts";
import { Button } from "#app/ui/button.tsx";
import { SelectField, TextField } from "#app/ui/field.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";

import { decimalChoices } from "./currency-decimals.ts";
import { listCurrencyDecimals } from "./currency-precisions.server.ts";
import { precisionSchema, savePrecision } from "./save-precision.server.ts";
import type { Route } from "./+types/precision.ts";

export function meta(): Route.MetaDescriptors {
  return [{ title: `Assumed precision · ${app.name}` }];
}

export async function loader({ request, context }: Route.LoaderArgs) {
  const { installed_app_id } = context.get(sessionContext).install;
  return {
    settings: await listCurrencyDecimals(context.get(platformContext).db, installed_app_id),
    currency: new URL(request.url).searchParams.get("currency") ?? "",
  };
}

export function action({ request, context }: Route.ActionArgs) {
  return refuseInWords(context, async () => {
    const { value } = await readForm(request, precisionSchema);
    if (!value) return { problem: "Name a currency, and choose its decimals. Nothing was saved." };
    return await savePrecision(context.get(platformContext), context.get(sessionContext), value);
  });
}

/** How balances are shown whose own rows do not tell their precision. */
export default function PrecisionPage({
  loaderData: { settings, currency },
  actionData: outcome,
}: Route.ComponentProps) {
  const set = settings.find((setting) => setting.currency === currency);
  const problem = outcome && "problem" in outcome ? outcome.problem : undefined;
  return (
    <>
      <PageTitle>Assumed precision</PageTitle>
      <p className="max-w-prose text-quiet">
        Blnk keeps a balance in minor units and does not say how many make one. A balance is shown as its
        newest rows are; where they do not tell, the decimals set here are assumed, and otherwise those of ISO
        4217. It changes what is shown in this install and nothing in Blnk.
      </p>
      <Card className="mt-4 max-w-xl p-4">
        <Form method="post" className="flex flex-wrap items-end gap-3">
          <TextField
            key={currency}
            label="Currency"
            name="currency"
            defaultValue={currency}
            required
            maxLength={40}
            autoComplete="off"
            aria-invalid={problem ? true : undefined}
            aria-describedby="precision-outcome"
            className="w-28"
          />
          <SelectField
            label="Decimals"
            name="decimals"
            defaultValue={set ? String(set.decimals) : ""}
            className="w-44"
          >
            <option value="">As in ISO 4217</option>
            {decimalChoices.map((decimals) => (
              <option key={decimals} value={decimals}>
                {decimals}
              </option>
            ))}
          </SelectField>
          <Button type="submit" kind="primary">
            Save
          </Button>
        </Form>
        <output
          id="precision-outcome"
          className={`mt-2 block min-h-6 text-small ${problem ? "text-bad" : "text-quiet"}`}
        >
          {problem ?? (outcome && "saved" in outcome ? `Saved for ${outcome.saved}.` : "")}
        </output>
      </Card>
      <Section label="Set in this install" className="mt-6 max-w-xl">
        <Card>
          {settings.length === 0 ? (
            <p className="p-4 text-small text-quiet">Nothing; every currency is shown as in ISO 4217.</p>
          ) : (
            <ul className="divide-y divide-line text-small">
              {settings.map(({ currency, decimals }) => (
                <li key={currency} className="flex justify-between gap-4 px-4 py-2.5">
                  <bdi>{currency}</bdi>
                  <span>{decimals === 1 ? "1 decimal" : `${decimals} decimals`}</span>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </Section>
    </>
  );
}

export { PortalError as ErrorBoundary } from "../portal-error.tsx";
