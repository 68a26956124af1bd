import { ensureBuild } from "#scripts/ensure-build.mjs";

export default ensureBuild;
