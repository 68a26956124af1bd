import { app } from "#app/app.ts";
import { CreatedAt } from "#app/platform/portal/created-at.tsx";
import { FilterBar } from "#app/platform/portal/lists/filter-bar.tsx";
import { ListFrame } from "#app/platform/portal/lists/list-frame.tsx";
import { Cell, RecordRow, RecordTable, type Column } from "#app/platform/portal/lists/record-table.tsx";
import { openReads } from "#app/platform/portal/open-reads.server.ts";
import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { shortenId } from "#app/ui/short-id.tsx";

import { loadIdentities } from "./load-identities.server.ts";
import type { Route } from "./+types/identities.ts";

const TYPES = ["individual", "organization"];

const COLUMNS: readonly Column[] = [
  { name: "Identity" },
  { name: "Type" },
  { name: "Category", wideOnly: true },
  { name: "Created", atEnd: true },
];

export function meta(): Route.MetaDescriptors {
  return [{ title: `Identities · ${app.name}` }];
}

export function loader(args: Route.LoaderArgs) {
  const { readCloud, params, now } = openReads(args);
  return loadIdentities(readCloud, params, now);
}

export default function IdentitiesPage({ loaderData: list }: Route.ComponentProps) {
  const { q, type } = list.filters;
  return (
    <ListFrame
      title="Identities"
      noun={["identity", "identities"]}
      scope="data:read"
      list={list}
      empty="People and organizations will be here once you create an identity in Blnk."
      filters={
        <FilterBar search={q} searchLabel="Id, name or email" active={type ? 1 : 0}>
          <SelectField label="Type" name="type" defaultValue={type ?? ""} className="xl:w-36">
            <option value="">All</option>
            {type && !TYPES.includes(type) && <option>{type}</option>}
            <option value="individual">Individual</option>
            <option value="organization">Organization</option>
          </SelectField>
        </FilterBar>
      }
    >
      {(rows) => (
        <RecordTable label="Identities" columns={COLUMNS}>
          {rows.map(({ identity_id, name, nameMasked, identity_type, category, created_at }) => (
            <RecordRow key={identity_id}>
              <Cell place="title">
                <RecordLink kind="identities" id={identity_id} cover>
                  <bdi>{name ?? `${nameMasked ? "Masked name" : "No name"}, ${shortenId(identity_id)}`}</bdi>
                </RecordLink>
              </Cell>
              <Cell place="state">
                <bdi>{identity_type}</bdi>
              </Cell>
              <Cell place="wide">
                <bdi className="text-quiet">{category}</bdi>
              </Cell>
              <Cell place="end">
                <CreatedAt at={created_at} loadedAt={list.loadedAt} />
              </Cell>
            </RecordRow>
          ))}
        </RecordTable>
      )}
    </ListFrame>
  );
}

export { PortalError as ErrorBoundary } from "#app/platform/portal/portal-error.tsx";
