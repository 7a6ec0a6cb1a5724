/** Whether the process lives, whether it can do its work, and its numbers. */
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';

export const HEALTH = Symbol('health');

export interface Health {
  readonly name: string;
  readonly metrics: Registry;
  /** `up`, or why not, by part. */
  ready(): Promise<Record<string, string>>;
}

@Controller()
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: Health) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'up' };
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const checks = await this.health.ready();
    const up = Object.values(checks).every((state) => state === 'up');
    await reply.status(up ? 200 : 503).send({ status: up ? 'up' : 'down', service: this.health.name, checks });
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    await reply.header('content-type', this.health.metrics.contentType).send(await this.health.metrics.metrics());
  }
}
