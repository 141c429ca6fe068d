/**
 * The shapes on the wire, as the server's interface describes them. Times are milliseconds UTC.
 *
 * @typedef {Record<string, string>} Names language -> name
 * @typedef {{number: string, name: string}} Person
 * @typedef {{urls: string | string[], username?: string, credential?: string}} Relay
 *
 * @typedef {object} SessionBody
 * @property {{number: string, name: string, roles: string[]}} person
 * @property {Record<string, string>} permissions permission -> own, team, site or tenant
 * @property {string} csrf
 * @property {number} idleMs
 * @property {number} expiresAt
 * @property {boolean} mustChangePassword
 * @property {{name: string, zone: string}} centre
 * @property {Relay[]} [iceServers]
 *
 * @typedef {"offline" | "notReady" | "ready" | "break"} Presence
 * @typedef {"idle" | "ringing" | "talking" | "hold" | "wrapUp"} Activity
 * @typedef {"browser" | "sip"} PhoneKind
 *
 * @typedef {object} DeskCall
 * @property {string} interaction
 * @property {{key: string, names: Names}} queue
 * @property {string} number
 * @property {string} origin external, internal, city or web
 * @property {string | null} caller
 * @property {"none" | "recognised" | "verified"} recognition
 * @property {Record<string, string>} pressed
 * @property {number} arrivedAt
 * @property {number | null} queuedAt
 * @property {number} offeredAt
 * @property {number | null} ringsUntil
 * @property {number | null} connectedAt
 * @property {number | null} endedAt
 * @property {number | null} wrapUpEndsAt
 * @property {boolean} isHeld
 * @property {boolean} isRecording
 * @property {boolean} canRate
 * @property {boolean} autoAnswers
 * @property {Care} [care]
 *
 * @typedef {{flags: string[], note?: string}} Care flags: vip, elderly, hearing, complaint, language
 *
 * @typedef {object} DeskQueue
 * @property {string} key
 * @property {Names} names
 * @property {number} waiting
 * @property {number | null} [waitsSince]
 *
 * @typedef {object} DeskBody
 * @property {number} at
 * @property {Person} agent
 * @property {string | null} seat
 * @property {PhoneKind | null} phone
 * @property {Presence} presence
 * @property {string | null} reason
 * @property {{presence: Presence, reason?: string | null} | null} next
 * @property {Activity} activity
 * @property {number} since
 * @property {"none" | "connecting" | "up" | "lost"} leg
 * @property {DeskCall | null} call
 * @property {DeskQueue[]} queues
 * @property {{id: string, reason: string, askedAt: number, state: "waiting" | "refused", text?: string}} [breakRequest]
 *
 * @typedef {{number: string, isTaken: boolean, by: Person | string | null, phone: string}} Seat
 * @typedef {{code: string, names: Names, initials?: string}} Choice
 * @typedef {Choice & {mostMinutes?: number}} BreakReason
 * @typedef {{key: string, names: Names, isRequired: boolean}} RequestField
 * @typedef {Choice & {dispositions: Choice[], fields?: RequestField[]}} RequestType
 *
 * @typedef {object} FormBody
 * @property {string} interaction
 * @property {string | null} requestType
 * @property {string | null} disposition
 * @property {string} notes
 * @property {string | null} ticket
 * @property {number | null} [savedAt]
 * @property {string | null} [savedBy]
 *
 * @typedef {object} PastInteraction
 * @property {string} interaction
 * @property {number} arrivedAt
 * @property {string | null} agent
 * @property {string | null} requestType
 * @property {string | null} disposition
 * @property {string} notes
 *
 * @typedef {object} TicketBody
 * @property {string} id
 * @property {string} number
 * @property {string} type
 * @property {string} title
 * @property {string} text
 * @property {Person | null} owner
 * @property {"open" | "done"} state
 * @property {string | null} interaction
 * @property {number} createdAt
 * @property {Person} [createdBy] nobody when a program made it, or somebody who has left
 * @property {number} changedAt
 * @property {number} version
 * @property {Record<string, string>} [fields] as the request type asks for them
 * @property {string} [result]
 *
 * @typedef {object} Interaction
 * @property {string} id
 * @property {string} channel
 * @property {string} number
 * @property {string} origin
 * @property {number} arrivedAt
 * @property {number | null} [answeredAt]
 * @property {string | null} [queue]
 * @property {string | null} [queueKey]
 * @property {number | null} [queuedAt]
 * @property {number | null} [connectedAt]
 * @property {string | null} [agent]
 * @property {string | null} [agentNumber]
 * @property {number} talkedMs
 * @property {number} heldMs
 * @property {number | null} [rating]
 * @property {number | null} [endedAt]
 * @property {string | null} [endedBy]
 * @property {string | null} [caller]
 *
 * @typedef {object} TimelineEvent
 * @property {number} seq
 * @property {string} type
 * @property {number} at
 * @property {string | null} [agent]
 * @property {string | null} [agentNumber]
 * @property {string | null} [queue]
 * @property {string | null} [queueKey]
 * @property {Record<string, string | number | null>} payload
 *
 * @typedef {{interaction: string, startedAt: number, tracks: {name: string, milliseconds: number, digest: string}[]}} Recording
 * @typedef {{id: string, board: string, texts: Names, from?: number | null, until?: number | null, needsReceipt?: boolean, receivedAt?: number | null}} Announcement
 * @typedef {Person & {at?: number | null}} Receipt
 *
 * @typedef {Record<string, any>} Row of the centre's settings; its first field is its key
 * @typedef {{place: string, field: string, fault: string, remedy: string}} Finding
 * @typedef {{section: string, key: string, kind: "added" | "changed" | "removed", fields?: {field: string, before?: unknown, after?: unknown}[]}} Change
 * @typedef {{version: number, at: number, actor: string, name?: string | null, changes: Change[], more?: number}} Version
 *
 * @typedef {object} Account
 * @property {string} number
 * @property {string} name
 * @property {string[]} roles
 * @property {number | null} [lockedUntil]
 * @property {number} changedAt
 * @property {boolean} mustChangePassword
 * @property {boolean} isDemo
 *
 * @typedef {object} AuditEntry
 * @property {number} seq
 * @property {number} at
 * @property {string} actor
 * @property {string | null} [number]
 * @property {string} action
 * @property {string} kind
 * @property {string} object
 * @property {Record<string, string>} details
 * @property {string} address
 * @property {string} hash
 *
 * @typedef {object} LiveQueue
 * @property {string} key
 * @property {Names} names
 * @property {number} waiting
 * @property {number | null} [longestWaitMs]
 * @property {number | null} [expectedWaitMs]
 * @property {number} signedIn
 * @property {number} ready
 * @property {number} idle
 * @property {number} ringing
 * @property {number} talking
 * @property {number} wrapUp
 *
 * @typedef {object} LiveAgent
 * @property {string} number
 * @property {string} name
 * @property {string} seat
 * @property {Presence} presence
 * @property {Activity} activity
 * @property {number} sinceMs
 * @property {boolean} hasVanished
 * @property {string} [team]
 * @property {string} [site]
 * @property {string} [reason] of a break
 * @property {string} [queue] key of the queue that the call came from
 * @property {{id: string, number: string, origin: string, arrivedAt: number, connectedAt?: number}} [call]
 *
 * @typedef {{inUse: number, limit?: number | null}} Limit
 * @typedef {{at: number, calls: number, lines: Limit, seats: Limit, queues: LiveQueue[], agents: LiveAgent[], breakRequests?: number}} LiveBody
 * @typedef {{key: string, names: Names, onBreak: number, mostOnBreak?: number}} BreakQueue
 * @typedef {{id: string, agent: Person, reason: string, askedAt: number, queues: BreakQueue[]}} BreakRequest
 *
 * @typedef {{name: string, zone: string, numbers: {number: string}[], queues: {key: string, names: Names}[], agents: Person[]}} CentreBody
 */
/**
 * @template T
 * @typedef {{items: T[], next?: string | null}} Page
 */
export {};
