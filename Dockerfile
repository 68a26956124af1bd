FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev --include=optional
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --include=optional

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production DATABASE_URL=file:/data/tidemark.db MALLOC_ARENA_MAX=2
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/build ./build
COPY --from=build --chown=node:node /app/app ./app
COPY --from=build --chown=node:node /app/db ./db
COPY --from=build --chown=node:node /app/scripts ./scripts
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
CMD ["node", "--max-old-space-size=96", "--max-semi-space-size=4", "scripts/serve.ts"]
