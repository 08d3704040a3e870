namespace Mail.Security.Dnssec.Tests.Rollover;

/// <summary>The state table of RFC 5011 §4, as stories: what is seen on which day, and what each key is then.</summary>
public sealed class RolloverMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DomainName Zone = DomainName.Parse("example");
    private static readonly Dictionary<char, DnsKeyData> Keys = "ABCD".ToDictionary(static name => name, static name => Key(name));

    [Theory]
    [Trait("rfc", "5011#4")]
    // the anchors at the start; day: keys seen, "*" behind those that signed, "!" behind those revoked by themselves; the states in the end
    [InlineData("A", "0: A*", "A=Valid")]
    [InlineData("A", "0: A* B", "A=Valid B=AddPending")]                                       // NewKey
    [InlineData("A", "0: A* B | 10: A* B | 29: A* B", "A=Valid B=AddPending")]                 // the hold-down is not over
    [InlineData("A", "0: A* B | 30: A* B", "A=Valid B=Valid")]                                 // AddTime
    [InlineData("A", "0: A* B | 40:", "A=Valid B=AddPending")]                                 // nobody signed: nothing was seen
    [InlineData("A", "0: A* B | 40: | 41: A* B", "A=Valid B=Valid")]
    [InlineData("A", "0: A* B | 10: A* | 40: A* B", "A=Valid B=AddPending")]                   // KeyRem: another trial begins
    [InlineData("A", "0: A* B | 10: A*", "A=Valid")]
    [InlineData("A", "0: A B", "A=Valid")]                                                     // a new key that no anchor signed for
    [InlineData("A", "0: B*", "A=Valid")]                                                      // signed for by itself alone
    [InlineData("AB", "0: B*", "A=Missing B=Valid")]                                           // KeyRem
    [InlineData("AB", "0: B* | 1: A B*", "A=Valid B=Valid")]                                   // KeyPres
    [InlineData("AB", "0: B* | 400: B*", "A=Missing B=Valid")]                                 // missing is an anchor for ever
    [InlineData("AB", "0: B* | 1: A* C", "A=Valid B=Missing C=AddPending")]                    // and what it signs for counts
    [InlineData("AB", "0: A! B*", "A=Revoked B=Valid")]                                        // RevBit
    [InlineData("AB", "0: A!", "A=Revoked B=Valid")]                                           // which needs no other signature
    [InlineData("AB", "0: B* | 1: A! B*", "A=Revoked B=Valid")]                                // of a missing one, too
    [InlineData("AB", "0: A! B* | 29: B*", "A=Revoked B=Valid")]
    [InlineData("AB", "0: A! B* | 20: A! B* | 49: B*", "A=Revoked B=Valid")]                   // thirty days since it was last seen
    [InlineData("AB", "0: A! B* | 20: A! B* | 50: B*", "A=Removed B=Valid")]                   // RemTime
    [InlineData("AB", "0: A! B* | 30: B* | 31: A B* | 99: A B*", "A=Removed B=Valid")]         // and never again
    [InlineData("AB", "0: A! B* | 1: A B* | 99: A B*", "A=Revoked B=Valid")]
    [InlineData("AB", "0: A* B C | 1: A! B* C", "A=Revoked B=Valid C=AddPending")]             // its witness was revoked: C's trial begins anew
    [InlineData("AB", "0: A* B C | 1: A! B* C | 30: B* C", "A=Revoked B=Valid C=AddPending")]
    [InlineData("AB", "0: A* B C | 1: A! B* C | 31: B* C", "A=Removed B=Valid C=Valid")]
    [InlineData("AB", "0: A* B* C | 1: A! B* C | 30: B* C", "A=Revoked B=Valid C=Valid")]      // one of two witnesses is left
    [InlineData("A", "0: A* B | 1: A* B!", "A=Valid")]                                         // revoked while on trial
    [InlineData("A", "0: A!", "A=Revoked")]                                                    // RFC 5011 §5: the last one, by its owner
    [InlineData("A", "0: A! B* | 60: B*", "A=Revoked")]                                        // and nobody can sign for another
    public void Step_StoriesOfKeys_EndAsTheTableSays(string anchors, string story, string expected)
    {
        IReadOnlyList<TrackedAnchor> known = [.. anchors.Select(static name => new TrackedAnchor(Anchor(name), TrustAnchorState.Valid, Start))];
        foreach (var day in story.Split('|', StringSplitOptions.TrimEntries))
        {
            var (number, words) = (double.Parse(day.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture), day.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            var validators = words.Where(static word => word.EndsWith('*')).Select(static word => Anchor(word[0])).Where(anchor => known.Any(one => one.IsInForce && one.Anchor.Equals(anchor))).ToList();
            var seen = new SeenKeys(CanonicalName.Of(Zone), [.. words.Where(static word => !word.EndsWith('!')).Select(static word => Keys[word[0]])],
                [.. words.Where(static word => word.EndsWith('!')).Select(static word => Keys[word[0]])], validators, TimeSpan.FromDays(2), TimeSpan.FromDays(14));
            known = RolloverMachine.Step(known, seen, Start + TimeSpan.FromDays(number));
        }

        Assert.Equal(expected, string.Join(' ', known.Select(static one => $"{"ABCD".First(name => Anchor(name).Equals(one.Anchor))}={one.State}").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [Trait("rfc", "5011#2.4.1")]
    [InlineData(2, 30)]
    [InlineData(45, 45)]
    public void Step_NewKey_IsOnTrialForThirtyDaysOrTheTimeToLive(int ttlDays, int expectedDays)
    {
        var seen = new SeenKeys(CanonicalName.Of(Zone), [Keys['A'], Keys['B']], [], [Anchor('A')], TimeSpan.FromDays(ttlDays), TimeSpan.FromDays(14));
        var added = RolloverMachine.Step([new(Anchor('A'), TrustAnchorState.Valid, Start)], seen, Start).Single(static one => one.State == TrustAnchorState.AddPending);
        Assert.Equal((Start + TimeSpan.FromDays(expectedDays), Anchor('A')), (added.AcceptAt, Assert.Single(added.Witnesses)));
    }

    [Fact]
    public void Step_ManyNewKeys_AFewAreTried()
    {
        DnsKeyData[] many = [Keys['A'], .. Enumerable.Range(0, 100).Select(static number => Key((char)(0x100 + number)))];
        var seen = new SeenKeys(CanonicalName.Of(Zone), many, [], [Anchor('A')], TimeSpan.FromDays(2), TimeSpan.FromDays(14));
        Assert.Equal(16, RolloverMachine.Step([new(Anchor('A'), TrustAnchorState.Valid, Start)], seen, Start).Count(static one => one.State == TrustAnchorState.AddPending));
    }

    [Theory]
    [Trait("rfc", "5011#2.3")]
    // time to live and expiry in hours; the next look, and the next one after a failure
    [InlineData(48, 336, 24, 4.8)]
    [InlineData(1, 336, 1, 1)]
    [InlineData(2000, 20, 10, 2)]
    [InlineData(2000, 2000, 360, 24)]
    [InlineData(0, 0, 1, 1)]
    public void Times_OfTheNextLook_AreThoseOfTheRfc(double ttl, double expires, double query, double retry)
    {
        var (one, other) = (TimeSpan.FromHours(ttl), TimeSpan.FromHours(expires));
        Assert.Equal((TimeSpan.FromHours(query), TimeSpan.FromHours(retry)), (RolloverTimes.Query(one, other), RolloverTimes.Retry(one, other)));
    }

    private static TrustAnchor Anchor(char name) => AnchorLine.Of(Keys[name], CanonicalName.Of(Zone), Zone);

    private static DnsKeyData Key(char name)
    {
        byte[] data = [1, 1, 3, 13, (byte)(name >> 8), (byte)name, .. new byte[62]];
        Assert.True(DnsKeyData.TryRead(data, out var key));
        return key;
    }
}
