/** `/openapi.json`, `/asyncapi.json` and Swagger UI at `/docs`. The documents are made when first asked for and kept as text. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { asyncApiDocument } from './asyncapi.js';
import type { Json } from './components.js';
import { openApiDocument } from './openapi.js';

export async function serveDocuments(app: NestFastifyApplication, development: boolean): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const kept = new Map<string, string>();
  const serve = (path: string, make: () => Json) => {
    server.get(path, async (_request, reply) => {
      const text = kept.get(path) ?? JSON.stringify(make());
      kept.set(path, text);
      return reply.header('content-type', 'application/json; charset=utf-8').send(text);
    });
  };
  serve('/openapi.json', () => openApiDocument({ development }));
  serve('/asyncapi.json', asyncApiDocument);
  const { SwaggerModule } = await import('@nestjs/swagger');
  SwaggerModule.setup('docs', app, () => openApiDocument({ development }) as never, { customSiteTitle: 'Tidemark API', raw: false, swaggerOptions: { persistAuthorization: true } });
}
