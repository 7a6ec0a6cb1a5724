# One image for every service; the command picks the one (docker-compose.yml, deploy/k8s).
#   docker build -t tidemark .

FROM node:24-slim AS manifests
WORKDIR /app
COPY . .
# Only what decides the installed packages, so that a change of source does not install them again.
RUN find . -type f ! -name package.json ! -name package-lock.json -delete && find . -type d -empty -delete

FROM node:24-slim AS build
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# Without development tools, and without the embedded Postgres that only local installations need.
FROM node:24-slim AS production
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=production /app ./
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps ./apps
COPY deploy ./deploy
USER node
# Overridden by whoever runs the image.
CMD ["node", "apps/gateway/dist/main.js"]
