// Package discordtest is a Discord for tests: one server in the test's own
// process that speaks Discord's REST and gateway, holds a small world of guilds,
// channels and people, and refuses or punishes what Discord refuses or punishes.
// The people in it are moved by the test; the bot under test connects as it
// would to the real thing.
//
// Everything it saw is in the [Ledger]. When the test ends, the server fails it
// for whatever passed its allowance, whether or not the test asked.
//
// It promises no more than the documents do. Rules that no document states are
// marked "remembered" where they stand; sizes of rate limits are drawn anew for
// every server, because Discord asks bots not to rely on them. It does not draw
// pictures, play sound, or keep anything after the test.
//
//	s := discordtest.New(t)
//	general := s.AddGuild("Learners").AddChannel("general")
//	alice := s.AddUser("alice")
//	// … connect the bot: s.Token(), and s.URL() or s.Transport()
//	s.WaitConnected(ctx)
//	alice.Say(general, s.Mention()+" hello")
//	reply := alice.WaitReply(ctx, general)
//	alice.Click(reply, reply.Buttons()[0]).Wait(ctx)
//	t.Log(s.Transcript(general.ID))
//
// A test may move the world's time on ([Server.Advance]), script what goes wrong
// ([Server.Fail], [Server.FailConnects] and the methods beside them), and allow
// more of what it provokes ([Server.Allow]).
//
// Facts are from Discord's developer documentation as of August 2026 and from
// its OpenAPI description as of July 2026, unless a comment says otherwise.
package discordtest
