package slack

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPressRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := press{rapid.SampledFrom([]pressKind{pressSay, pressShare, pressAsk, pressPick, pressWrite}).Draw(t, "kind"), rapid.StringN(1, 90, 90).Draw(t, "words")}
		got, ok := parsePress(want.actionID(rapid.IntRange(0, 99).Draw(t, "n")), want.words)
		if !ok || got != want {
			t.Fatalf("parsePress = %v, %v, want %v", got, ok, want)
		}
	})
}

func TestForeignPressesAreRefused(t *testing.T) {
	for _, id := range []string{"", "say", "say.", "say.x", "other.1", "say.1.2"} {
		if p, ok := parsePress(id, "checkin"); ok {
			t.Errorf("parsePress(%q) = %v, want it refused", id, p)
		}
	}
}

func TestEventsFit64Bytes(t *testing.T) {
	for _, e := range []string{
		messageEvent("T0123456789", "C0123456789", "1732486000.123456"),
		envelopeEvent("T0123456789", "57d6a792-4d35-4d0b-b6aa-3361493e1caf"),
	} {
		if len(e) > 64 {
			t.Errorf("event %q has %d bytes, want at most 64", e, len(e))
		}
	}
}
