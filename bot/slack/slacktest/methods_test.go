package slacktest_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot/slack/slacktest"
)

func TestWhereTheBotMayPost(t *testing.T) {
	s := slacktest.New(t)
	alice, gone := s.Person("alice"), s.Person("gone")
	gone.Quit()
	for _, c := range []struct {
		name, channel, want string
	}{
		{"public", s.Channel("general").ID, ""},
		{"private", s.Channel("staff", slacktest.Private).ID, ""},
		{"not invited", s.Channel("elsewhere", slacktest.WithoutBot).ID, "not_in_channel"},
		{"private and not invited", s.Channel("secret", slacktest.Private, slacktest.WithoutBot).ID, "channel_not_found"},
		{"archived", s.Channel("old", slacktest.Archived).ID, "is_archived"},
		{"unknown", "C1", "channel_not_found"},
		{"a name", "#general", "channel_not_found"},
		{"direct", alice.Direct().ID, ""},
		{"a person's id", alice.ID, ""},
		{"a person who is gone", gone.ID, "channel_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := call(t, s, "chat.postMessage", quiet(object{"channel": c.channel, "text": "hello"})); code(got) != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
		})
	}
}

func TestMessagesTabOff(t *testing.T) {
	s := slacktest.New(t, slacktest.Manifest(manifestWith("chat:write", "im:write")))
	alice := s.Person("alice")
	if got := call(t, s, "chat.postMessage", quiet(object{"channel": alice.ID, "text": "hello"})); code(got) != "messages_tab_disabled" {
		t.Errorf("%v, want messages_tab_disabled", got)
	}
}

func TestThreads(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.BadThread, 2)
	alice, general := s.Person("alice"), s.Channel("general")
	parent := alice.Say(general, "parent")
	reply := alice.InThread(parent.TS).Say(general, "reply")
	post := func(ts string) string {
		return code(call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": ts, "thread_ts": ts})))
	}
	if got := post(parent.TS); got != "" {
		t.Errorf("to the parent: %s", got)
	}
	if got := post(reply.TS); got != "" {
		t.Errorf("to a reply: %s, want it to pass as a violation", got)
	}
	if got := post("1.000001"); got != "thread_not_found" {
		t.Errorf("to nobody: %q, want thread_not_found", got)
	}
	if got := s.Ledger().Violations(slacktest.BadThread); len(got) != 2 {
		t.Errorf("violations = %v, want two", got)
	}
}

func TestUpdateAndDelete(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	hers := alice.Say(general, "hers")
	posted := call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": "a", "blocks": blocks(sectionOf(3))}))
	change := func(method, ts string, args object) string {
		return code(call(t, s, method, with(with(args, "channel", general.ID), "ts", ts)))
	}
	ts := fmt.Sprint(posted["ts"])
	if got := change("chat.update", ts, object{"text": "b"}); got != "" || alice.WaitText(general, "b").Blocks != nil {
		t.Errorf("update = %q, want the blocks to go with new text alone", got)
	}
	if got := change("chat.update", hers.TS, object{"text": "b"}); got != "cant_update_message" {
		t.Errorf("update hers = %q", got)
	}
	if got := change("chat.delete", hers.TS, object{}); got != "cant_delete_message" {
		t.Errorf("delete hers = %q", got)
	}
	if got := change("chat.delete", ts, object{}); got != "" || len(alice.Sees(general)) != 1 {
		t.Errorf("delete = %q, and alice sees %v", got, alice.Sees(general))
	}
	if got := change("chat.delete", ts, object{}); got != "message_not_found" {
		t.Errorf("delete again = %q", got)
	}
}

func TestEphemeral(t *testing.T) {
	s := slacktest.New(t)
	alice, bob, general := s.Person("alice"), s.Person("bob"), s.Channel("general")
	whisper := func(p *slacktest.Person, ch *slacktest.Channel) object {
		return call(t, s, "chat.postEphemeral", object{"channel": ch.ID, "user": p.ID, "text": "psst"})
	}
	ts := fmt.Sprint(whisper(alice, general)["message_ts"])
	if len(alice.Sees(general)) != 1 || len(bob.Sees(general)) != 0 {
		t.Error("want alice to see it, and bob not")
	}
	if got := call(t, s, "chat.update", object{"channel": general.ID, "ts": ts, "text": "b"}); code(got) != "message_not_found" {
		t.Errorf("update of an ephemeral message: %v, want message_not_found", got)
	}
	bob.GoAway()
	if got := whisper(bob, general); code(got) != "" || len(bob.Sees(general)) != 0 {
		t.Errorf("to bob, who is away: %v and %v, want ok and nothing seen", got, bob.Sees(general))
	}
	bob.ComeBack()
	if got := whisper(bob, s.Channel("hers", slacktest.Members(alice))); code(got) != "user_not_in_channel" {
		t.Errorf("to bob, who is not in: %v", got)
	}
}

func TestConversations(t *testing.T) {
	s := slacktest.New(t)
	alice, gone, general := s.Person("alice"), s.Person("gone"), s.Channel("general")
	gone.Quit()
	s.Channel("old", slacktest.Archived)
	api := client(s)
	for i := range 3 {
		alice.Say(general, strconv.Itoa(i))
	}
	channel, _, _, err := api.OpenConversationContext(t.Context(), &slack.OpenConversationParameters{Users: []string{alice.ID}, ReturnIM: true})
	if err != nil || channel.ID != alice.Direct().ID {
		t.Errorf("open = %v, %v, want %s", channel, err, alice.Direct().ID)
	}
	if got := call(t, s, "conversations.open", object{"users": gone.ID}); code(got) != "user_disabled" {
		t.Errorf("open for one who is gone: %v", got)
	}
	if got := call(t, s, "conversations.open", object{"users": "U1"}); code(got) != "user_not_found" {
		t.Errorf("open for nobody: %v", got)
	}
	info, err := api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: general.ID})
	if err != nil || info.Name != "general" || !info.IsMember {
		t.Errorf("info = %+v, %v", info, err)
	}
	listed, next, err := api.GetConversationsContext(t.Context(), &slack.GetConversationsParameters{Types: []string{"public_channel"}, ExcludeArchived: true, Limit: 1})
	if err != nil || len(listed) != 1 || next != "" {
		t.Errorf("list = %v, %q, %v, want general alone", listed, next, err)
	}
	history, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: general.ID, Limit: 2})
	if err != nil || len(history.Messages) != 2 || history.Messages[0].Text != "2" || !history.HasMore {
		t.Errorf("history = %+v, %v, want the newest two", history, err)
	}
	members, _, err := api.GetUsersInConversationContext(t.Context(), &slack.GetUsersInConversationParameters{ChannelID: general.ID})
	if err != nil || len(members) != 3 {
		t.Errorf("members = %v, %v", members, err)
	}
	if _, _, _, err := api.JoinConversationContext(t.Context(), s.Channel("more", slacktest.WithoutBot).ID); err != nil {
		t.Errorf("join: %v", err)
	}
}

func TestRepliesPermalinkReaction(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	api := client(s)
	parent := alice.Say(general, "parent")
	alice.InThread(parent.TS).Say(general, "reply")
	thread, _, _, err := api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: general.ID, Timestamp: parent.TS})
	if err != nil || len(thread) != 2 || thread[1].ThreadTimestamp != parent.TS {
		t.Errorf("replies = %v, %v", thread, err)
	}
	link, err := api.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: general.ID, Ts: parent.TS})
	if err != nil || !strings.HasSuffix(link, "/p"+strings.ReplaceAll(parent.TS, ".", "")) {
		t.Errorf("permalink = %q, %v", link, err)
	}
	ref := slack.NewRefToMessage(general.ID, parent.TS)
	if err := api.AddReactionContext(t.Context(), "eyes", ref); err != nil {
		t.Errorf("reaction: %v", err)
	}
	if err := api.AddReactionContext(t.Context(), "eyes", ref); err == nil || err.Error() != "already_reacted" {
		t.Errorf("reaction again: %v, want already_reacted", err)
	}
}

func TestPeople(t *testing.T) {
	s := slacktest.New(t, slacktest.StartAt(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)))
	alice := s.Person("alice")
	api := client(s)
	alice.SetTZ("Asia/Kolkata")
	u, err := api.GetUserInfoContext(t.Context(), alice.ID)
	if err != nil || u.TZ != "Asia/Kolkata" || u.TZOffset != 19800 || u.Deleted || u.IsBot {
		t.Errorf("users.info = %+v, %v", u, err)
	}
	alice.Quit()
	if u, err := api.GetUserInfoContext(t.Context(), alice.ID); err != nil || !u.Deleted || u.TZ != "" {
		t.Errorf("users.info of one who is gone = %+v, %v", u, err)
	}
	me, err := api.AuthTestContext(t.Context())
	if err != nil || me.UserID != s.Team().BotUser || me.TeamID != s.Team().ID {
		t.Errorf("auth.test = %+v, %v", me, err)
	}
	if bot, err := api.GetBotInfoContext(t.Context(), slack.GetBotInfoParameters{Bot: me.BotID}); err != nil || bot.UserID != me.UserID {
		t.Errorf("bots.info = %+v, %v", bot, err)
	}
	if team, err := api.GetTeamInfoContext(t.Context()); err != nil || team.Name != "study" {
		t.Errorf("team.info = %+v, %v", team, err)
	}
	if all, err := api.GetUsersContext(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("users.list = %v, %v, want alice and the bot", all, err)
	}
}

func TestUpload(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	_, err := client(s).UploadFileContext(t.Context(), slack.UploadFileParameters{
		Filename: "streak.png", FileSize: 3, Content: "png", Channel: general.ID, InitialComment: "Your streak", Title: "Streak",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.File("streak.png"); string(got) != "png" {
		t.Errorf("File = %q", got)
	}
	alice.WaitText(general, "Your streak")
	if got, want := s.Transcript(general), "Mentor: Your streak\n  (file: streak.png)\n"; got != want {
		t.Errorf("Transcript = %q, want %q", got, want)
	}
	s.Allow(slacktest.Rejected, 1)
	_, err = client(s).UploadFileContext(t.Context(), slack.UploadFileParameters{Filename: "b.png", FileSize: 5, Content: "png", Channel: general.ID})
	if err == nil {
		t.Error("an upload shorter than announced was taken")
	}
	if got := callForm(t, s, "files.completeUploadExternal", url.Values{"files": {`[{"id":"F1"}]`}}); code(got) != "file_not_found" {
		t.Errorf("complete of nothing: %v", got)
	}
}

func TestTriggers(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.SpentTrigger, 3)
	alice := s.Person("alice")
	open := func(trigger string) string {
		return code(call(t, s, "views.open", object{"trigger_id": trigger, "view": modalOf(func(object) {})}))
	}
	used, late := alice.Trigger(), alice.Trigger()
	if got := open(used); got != "" {
		t.Errorf("first = %q", got)
	}
	if got := open(used); got != "exchanged_trigger_id" {
		t.Errorf("twice = %q", got)
	}
	s.Advance(3*time.Second + time.Millisecond)
	if got := open(late); got != "expired_trigger_id" {
		t.Errorf("late = %q", got)
	}
	if got := open("1.2.3"); got != "invalid_trigger_id" {
		t.Errorf("made up = %q", got)
	}
}

func TestViewsPushUpdatePublish(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	titled := func(title string) object {
		return modalOf(func(v object) { v["title"] = object{"type": "plain_text", "text": title} })
	}
	for i, want := range []string{"", "", "", "push_limit_reached"} {
		if got := code(call(t, s, "views.push", object{"trigger_id": alice.Trigger(), "view": titled(strconv.Itoa(i))})); got != want {
			t.Errorf("push %d = %q, want %q", i, got, want)
		}
	}
	top := alice.WaitModal("2")
	if got := code(call(t, s, "views.update", object{"view_id": top.ID, "hash": "0", "view": titled("new")})); got != "hash_conflict" {
		t.Errorf("update with an old hash = %q", got)
	}
	if got := code(call(t, s, "views.update", object{"view_id": top.ID, "view": titled("new")})); got != "" {
		t.Errorf("update = %q", got)
	}
	alice.WaitModal("new")
	alice.Close(alice.WaitModal("new"))
	if got := code(call(t, s, "views.update", object{"view_id": top.ID, "view": titled("late")})); got != "not_found" {
		t.Errorf("update of a closed view = %q", got)
	}
	home := object{"type": "home", "blocks": blocks(object{"type": "section", "text": object{"type": "mrkdwn", "text": "Day 3"}}, actions(buttonOf(text("plain_text", 1))))}
	if got := code(call(t, s, "views.publish", object{"user_id": alice.ID, "view": home})); got != "" {
		t.Errorf("publish = %q", got)
	}
	if got := alice.WaitHome("Day 3").Text; got != "Day 3\n[ü]" {
		t.Errorf("home = %q", got)
	}
}

func TestNoHomeTab(t *testing.T) {
	s := slacktest.New(t, slacktest.Manifest(manifestWith("chat:write")))
	home := object{"type": "home", "blocks": blocks(sectionOf(1))}
	if got := code(call(t, s, "views.publish", object{"user_id": s.Person("alice").ID, "view": home})); got != "not_enabled" {
		t.Errorf("publish = %q, want not_enabled", got)
	}
}

func TestTwoTeams(t *testing.T) {
	s := slacktest.New(t)
	other := s.AddTeam("other")
	room := other.Channel("general")
	if got := call(t, s, "chat.postMessage", quiet(object{"channel": room.ID, "text": "hello"})); code(got) != "channel_not_found" {
		t.Errorf("with the other workspace's token: %v, want channel_not_found", got)
	}
	if got := callAs(t, s, other.BotToken, "chat.postMessage", quiet(object{"channel": room.ID, "text": "hello"})); code(got) != "" {
		t.Errorf("with its own: %v", got)
	}
}
