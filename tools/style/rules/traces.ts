import { linesMatching } from '../source-file.js';
import type { Rule } from '../source-file.js';

/** Folders of somebody's machine, and hosts of package registries. Put together from parts, so that this file has no trace. */
const FOLDERS = ['work', 'root', 'tmp', 'home'].map((name) => `/${name}/`);
const HOSTS = [['registry', 'npmjs'], ['registry', 'yarnpkg'], ['deb', 'debian'], ['npm', 'pkg.github']].map((parts) => parts.join('\\.'));
const TRACE = new RegExp(`(^|[\\s"'\`=(:])(${FOLDERS.join('|')})[\\w.-]|${HOSTS.join('|')}`);

/** A clone must work anywhere: no path of the machine that it was written on, no registry that only that machine reaches. */
export const noMachineTraces: Rule = (files) => linesMatching(files, TRACE).map(({ where, line }) => `${where}: names a machine's folder or a registry: ${line.slice(0, 80)}`);
