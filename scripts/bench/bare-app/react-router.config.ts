import type { Config } from "@react-router/dev/config";

export default { buildDirectory: "../../../.cache/bare-app", ssr: true } satisfies Config;
