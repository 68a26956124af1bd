import { useLocation } from "react-router";

import { TextLink } from "#app/ui/text-link.tsx";

import { listSearch } from "./list-state.ts";

/** Between amounts as people write them and the whole numbers that Blnk stores. */
export function UnitsLink({ inMinorUnits }: { inMinorUnits: boolean }) {
  const { search } = useLocation();
  return (
    <TextLink
      to={listSearch(search, { units: inMinorUnits ? undefined : "minor" })}
      preventScrollReset
      replace
    >
      {inMinorUnits ? "Show amounts" : "Show minor units"}
    </TextLink>
  );
}
