/** The chat contract on each vendor's adapter. */
import { anthropicChat } from '../../src/providers/anthropic/chat.ts'
import { openaiChat } from '../../src/providers/openai/chat.ts'
import { openaiClient } from '../../src/providers/openai/client.ts'
import { describeChatModel } from './chat-model.contract.ts'

describeChatModel('OpenAI', (endpoint, fetch) => openaiChat(openaiClient(endpoint, fetch)), {
  vendor: 'openai',
  model: 'gpt-4o-mini',
  narrow: { model: 'gpt-4', windowTokens: 8_192 },
})

describeChatModel('Anthropic', anthropicChat, {
  vendor: 'anthropic',
  model: 'claude-haiku-4-5',
  narrow: { model: 'claude-haiku-4-5', windowTokens: 200_000 },
})
