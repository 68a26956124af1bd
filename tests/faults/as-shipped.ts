/** As the image starts the server (Dockerfile), on the smallest machine (fly.toml). */
export const AS_SHIPPED = {
  NODE_OPTIONS: "--max-old-space-size=96 --max-semi-space-size=4",
  MALLOC_ARENA_MAX: "2",
};
