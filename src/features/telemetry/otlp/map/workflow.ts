import type { Attributes } from '../wire.ts';
import { factsOf, label } from './facts.ts';

/** The workflow of what is no span, as a span of the same attributes would have it. */
export function workflowOf(attributes: Attributes, resource: Attributes): string | null {
  const [facts, about] = [factsOf(attributes), factsOf(resource)];
  const say = (topic: 'workflow' | 'service' | 'project') => label(facts[topic]) ?? label(about[topic]);
  return say('workflow') ?? say('service') ?? say('project');
}
