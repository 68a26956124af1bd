# Any engine builds it; `npm run image` assembles and starts the same tree where there is none.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/blnk-sandbox/package.json packages/blnk-sandbox/
RUN npm ci --ignore-scripts --include=dev --include=optional
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --include=optional

# Needs no writable path but /data: run it with --read-only --tmpfs /tmp.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
WORKDIR /app
# The malloc settings give back what Blnk's answers took: about 20 MB at a busy moment.
ENV NODE_ENV=production DATABASE_URL=file:/data/tidemark.db MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=32768
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/build ./build
COPY --from=build --chown=root:root /app/app ./app
COPY --from=build --chown=root:root /app/db ./db
COPY --from=build --chown=root:root /app/scripts ./scripts
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# node itself is PID 1: npm would not pass SIGTERM on.
CMD ["node", "--max-old-space-size=96", "--max-semi-space-size=4", "scripts/serve.ts"]
