package index

// Every phrasing is kept as a vector without its pairs of words, to tell how near
// a question comes to the nearest of an entry. There are close to a million
// features in all, so each takes four bytes: its number, and its weight of at most
// 1 in steps.
type packed []uint32

const (
	weightBits  = 11
	weightSteps = 1<<weightBits - 1
	maxFeatures = 1 << (32 - weightBits)
)

func (v *vocabulary) pack(vec vector) packed {
	n := 0
	for _, f := range vec {
		if f.id < v.pairsFrom {
			n++
		}
	}
	p := make(packed, 0, n) // kept as long as the index: no larger than need be
	for _, f := range vec {
		if f.id < v.pairsFrom {
			p = append(p, uint32(f.id)<<weightBits|uint32(min(f.weight, 1)*weightSteps))
		}
	}
	return p
}

// A spread is a vector with a place for every feature, so that many vectors can
// be compared with it quickly.
type spread []float32

// spread returns vec spread out; takeBack frees it for the next.
func (x *Index) spread(vec vector) spread {
	s, ok := x.spreads.Get().(*spread)
	if !ok {
		s = new(make(spread, len(x.vocab.rarity)))
	}
	for _, f := range vec {
		(*s)[f.id] = f.weight
	}
	return *s
}

func (x *Index) takeBack(s spread, vec vector) {
	for _, f := range vec {
		s[f.id] = 0
	}
	x.spreads.Put(&s)
}

// likeness returns how alike s and p are, 0 to 1.
func (s spread) likeness(p packed) float32 {
	var sum float32
	for _, f := range p {
		if w := s[f>>weightBits]; w != 0 {
			sum += float32(w * float32(f&weightSteps))
		}
	}
	return sum / weightSteps
}

// nearest returns the likeness of s to the nearest of phrasings, and the mean of
// the three nearest.
func (s spread) nearest(phrasings []packed) (one, three float64) {
	var best [3]float64 // falling
	for _, p := range phrasings {
		d := float64(s.likeness(p))
		for i := range best {
			if d > best[i] {
				d, best[i] = best[i], d
			}
		}
	}
	return best[0], (best[0] + best[1] + best[2]) / 3
}
