/**
 * How the term of an election and the term that agents see belong together.
 *
 * Responsible for the one number and the two directions. An election gives a *duty term*; each start of a manager within it needs a term
 * of its own, since agents and the engine tell managers apart by it. So a duty term owns a block of agents' terms. Called by
 * `manager/src/identity.ts`, which raises the term, and by the keeper, which feeds what agents have seen to the decision core.
 */
import { termSchema as agentTermSchema, type Term as AgentTerm } from '../ids.ts';
import type { Term as DutyTerm } from './roster.ts';

/**
 * Starts of a manager that one duty term has room for. More would reach into the next block and look like a newer master; within the
 * keeper's budget of restarts that takes weeks of dying without an election.
 */
export const AGENT_TERMS_PER_DUTY_TERM = 65_536;

/** The term that agents see from now on. `before`: the one in the database. Managers from before the pair have small numbers. */
export const agentTermOf = ({
  before,
  dutyTerm,
}: {
  readonly before: number;
  readonly dutyTerm: DutyTerm;
}): AgentTerm => agentTermSchema.parse(Math.max(before + 1, dutyTerm * AGENT_TERMS_PER_DUTY_TERM));

/** The election to which a term that an agent has shown belongs. */
export const dutyTermOf = (agentTerm: number): DutyTerm => Math.floor(agentTerm / AGENT_TERMS_PER_DUTY_TERM);
