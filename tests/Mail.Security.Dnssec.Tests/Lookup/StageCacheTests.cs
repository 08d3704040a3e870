using DnsClient.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Dnssec.Tests.Lookup;

public sealed class StageCacheTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryGet_UntilTheTimeIsOver_NotAfter()
    {
        var cache = new StageCache(10, _time);
        cache.Put(Of("a"), Stage(TimeSpan.FromSeconds(10)));

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(cache.TryGet(Of("a"), out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(cache.TryGet(Of("a"), out _));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Put_AboveTheBound_TheLeastUsedGoes()
    {
        var cache = new StageCache(2, _time);
        cache.Put(Of("a"), Stage(TimeSpan.FromSeconds(10)));
        cache.Put(Of("b"), Stage(TimeSpan.FromSeconds(10)));
        Assert.True(cache.TryGet(Of("a"), out _));
        cache.Put(Of("c"), Stage(TimeSpan.FromSeconds(10)));

        Assert.Equal(2, cache.Count);
        Assert.True(cache.TryGet(Of("a"), out _));
        Assert.False(cache.TryGet(Of("b"), out _));
        Assert.True(cache.TryGet(Of("c"), out _));
    }

    [Fact]
    public void Put_NoTimeOrTooLargeOrNoPlace_IsNotKept_AndReplacesWhatWas()
    {
        var cache = new StageCache(2, _time);
        cache.Put(Of("a"), Stage(TimeSpan.FromSeconds(10)));
        cache.Put(Of("a"), Stage(TimeSpan.Zero));
        cache.Put(Of("b"), Stage(TimeSpan.FromSeconds(10), wireLength: 16 * 1024 + 1));
        Assert.Equal(0, cache.Count);

        var none = new StageCache(0, _time);
        none.Put(Of("a"), Stage(TimeSpan.FromSeconds(10)));
        Assert.False(none.TryGet(Of("a"), out _));
    }

    [Fact]
    public void TryGet_AnotherType_IsAnotherQuestion()
    {
        var cache = new StageCache(2, _time);
        cache.Put(Of("a"), Stage(TimeSpan.FromSeconds(10)));
        Assert.False(cache.TryGet(Of("a") with { Type = ResourceRecordType.AAAA }, out _));
    }

    private static Question Of(string label) => new(DomainName.Parse($"{label}.example"), ResourceRecordType.A);

    private Stage<string>.Onward Stage(TimeSpan keep, int wireLength = 100) =>
        new([], new Judgement.Judged { Security = DnsSecurity.Secure }) { ReadAt = _time.GetTimestamp(), Keep = keep, WireLength = wireLength };
}
