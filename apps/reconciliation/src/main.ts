import 'reflect-metadata';
import { runService } from '@tidemark/service';
import { service } from './app.js';

await runService(service);
