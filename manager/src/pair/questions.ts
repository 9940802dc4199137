// Answers what the keeper asks of the manager on duty.
// Responsible for one answer to each question, also where something fails. Called by master.ts.
import type { Logger } from '@nezuban/platform/logger';
import type { ManagerAnswer, ManagerQuestion } from '@nezuban/protocol/keeper/child-messages';
import type { Authority } from '../inventory/certificates/authority.ts';
import type { Witnesses } from './witnesses.ts';

export type QuestionPorts = {
  readonly authority: Authority;
  readonly makeAgentToken: () => Promise<string>;
  readonly witnesses: Witnesses;
  readonly logger: Logger;
};

/** Never rejects. */
export const answerQuestion = async (
  ports: QuestionPorts,
  question: ManagerQuestion,
): Promise<ManagerAnswer> => {
  const { authority, makeAgentToken, witnesses, logger } = ports;
  try {
    switch (question.ask) {
      case 'pair-certificate':
        return {
          to: 'pair-certificate',
          ...(await authority.issuePair(question.csr, question.id)),
        };
      case 'agent-token':
        return { to: 'agent-token', token: await makeAgentToken() };
      case 'appoint-witness':
        return witnesses.appoint(question);
      case 'dismiss-witness':
        return witnesses.dismiss(question.id);
    }
  } catch (error) {
    logger.warn({ err: error, ask: question.ask }, 'A question of the keeper could not be answered');
    return { to: 'refused', says: error instanceof Error ? error.message : String(error) };
  }
};
