import { defineConfig, type OxlintOverride } from "oxlint";

import routes from "#app/routes.ts";

/**
 * The house, from the ground up: a room may import the rooms above it in this list, and itself. `files` are its files,
 * `imported` is how others name it. What is not here is not in the house (tests/lint/walls.test.ts plants a violation of
 * each wall and sees it refused).
 */
export const ROOMS: readonly Room[] = [
  ...rooms("db", "app/money", "app/platform/permissions"),
  { files: "app/{app,navigation}.ts", imported: "#app/(app|navigation)\\.ts$" },
  {
    files: "app/platform/{clock,errors,time-zone,yield-to-event-loop}.ts",
    imported: "#app/platform/(clock|errors|time-zone|yield-to-event-loop)\\.ts$",
  },
  ...rooms(
    "app/platform/http",
    "app/platform/jobs",
    "app/platform/activity",
    "app/platform/events",
    "app/platform/sessions",
    "app/platform/blnk",
    "app/platform/installs",
    "app/platform/backups",
    "app/platform/doctor",
    "app/platform/operator",
  ),
  {
    files: "app/platform/{answers,context,platform}.server.ts",
    imported: "#app/platform/(answers|context|platform)\\.server\\.ts$",
  },
  ...rooms(
    "app/ui",
    "app/platform/ops",
    "app/platform/portal",
    "app/platform/routes",
    "app/actions",
    "app/monitors",
    "app/portal",
  ),
  {
    files: "app/{app.server,server,routes,root,entry.client,entry.server}.{ts,tsx}",
    imported: "#app/(app\\.server|server|routes|root|entry\\.[a-z.]+)\\.tsx?$",
  },
  { files: "{scripts,tests}", imported: "#(scripts|tests)/" },
  // Stands in for Blnk Cloud: it shares no code with the app that it tests.
  { files: "packages/blnk-sandbox", imported: "blnk-sandbox/", aloof: true },
];

type Room = {
  files: string;
  /** A regular expression of how others name it. */
  imported: string;
  /** It knows no other room; `app` and `db` do not know it. */
  aloof?: true;
  /** For the test of the walls. */
  sample?: { folder: string; specifier: string };
};

const DEEPEST = 3;
const DOWN = "A room imports only what is above it in oxlint.config.ts (docs/decisions/001).";
const LEAVES = "Rooms name each other by their subpath: #app/…, #db/…";
const SERVER =
  "Only *.server.ts and route modules touch the database, the environment, crypto or Node: the bundler's wall matches file names.";

/** Route modules may load on the server: React Router takes that out of the browser's bundle. */
const ROUTE_FILES = flatten(routes).map((file) => `app/${file}`);

const ONE_READER =
  "Read a form with platform/http/read-form.server.ts: only the schema's own fields reach a parser.";
const OTHER_READERS = [
  { name: "@conform-to/react/future", importNames: ["parseSubmission"], message: ONE_READER },
  { name: "#app/platform/http/json-body.server.ts", importNames: ["readBytes"], message: ONE_READER },
];

type Pattern = { regex: string; message: string; allowTypeImports?: boolean };

const walls = ROOMS.flatMap(({ files, imported, aloof }, index) => {
  const below: Pattern[] = (aloof ? ROOMS : ROOMS.slice(index + 1))
    .filter((room) => room.imported !== imported && !(room.aloof && files === "{scripts,tests}"))
    .map((room) => ({ regex: `^${room.imported}`, message: DOWN }));
  const server: Pattern[] = files.startsWith("app/")
    ? [
        {
          regex: "^(#db/|node:|kysely|better-sqlite3|undici|pino|@node-rs/)|\\.server\\.tsx?$",
          message: SERVER,
          allowTypeImports: true,
        },
      ]
    : [];
  if (/\.\w+$|\}$/.test(files))
    return [restrict([files], [...below, { regex: "^\\.\\./", message: LEAVES }])];
  return Array.from({ length: DEEPEST + 1 }, (_, depth) => {
    const folder = `${files}${"/*".repeat(depth)}`;
    const patterns = [...below, { regex: `^(\\.\\./){${depth + 1}}`, message: LEAVES }];
    const inThisFolder = ROUTE_FILES.filter(
      (file) => file.startsWith(`${files}/`) && depthOf(file, files) === depth,
    );
    return [
      restrict([`${folder}/*.{ts,tsx}`], [...patterns, ...server]),
      restrict([`${folder}/*.server.{ts,tsx}`, ...inThisFolder], patterns),
    ];
  }).flat();
});

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "react", "jsx-a11y", "promise", "node"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "import/no-cycle": "error",
    "no-console": "error",
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-non-null-assertion": "off",
    "react/react-in-jsx-scope": "off",
    "react/jsx-filename-extension": "off",
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "import/no-unassigned-import": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/consistent-function-scoping": "off",
    "promise/always-return": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/consistent-return": "off",
    "consistent-return": "off",
    "no-restricted-properties": ["error", { property: "formData", message: ONE_READER }],
  },
  ignorePatterns: ["build", "node_modules", ".react-router", "data", "screenshots", "test-results"],
  overrides: [
    ...walls,
    { files: ["app/**", "db/**"], rules: { "node/no-process-env": "error" } },
    { files: ["app/platform/http/env.server.ts"], rules: { "node/no-process-env": "off" } },
    {
      files: ["scripts/**", "tests/**", "packages/**", "*.config.ts"],
      rules: {
        "no-console": "off",
        "no-restricted-properties": "off",
      },
    },
    { files: ["app/platform/http/read-form.server.ts"], rules: { "no-restricted-properties": "off" } },
  ],
});

function restrict(files: string[], patterns: Pattern[]): OxlintOverride {
  const paths = files.every((file) => file.startsWith("app/platform/http/")) ? [] : OTHER_READERS;
  return { files, rules: { "no-restricted-imports": ["error", { paths, patterns }] } };
}

function rooms(...folders: string[]): Room[] {
  return folders.map((folder) => ({
    files: folder,
    imported: `#${folder}/`,
    sample: { folder, specifier: `#${folder}/planted.ts` },
  }));
}

function depthOf(file: string, folder: string): number {
  return file.slice(folder.length + 1).split("/").length - 1;
}

function flatten(entries: readonly { file: string; children?: unknown }[]): string[] {
  return entries.flatMap(({ file, children = [] }) => [file, ...flatten(children as typeof entries)]);
}
