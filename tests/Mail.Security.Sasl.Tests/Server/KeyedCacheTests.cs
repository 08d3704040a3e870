using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Sasl.Tests;

public sealed class KeyedCacheTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Entries_ThatLeave_AreClearedAndTheirCopiesAreNot()
    {
        var cache = new KeyedCache<byte[]>(2, TimeSpan.FromMinutes(1), _time, static value => [.. value], Array.Clear);
        byte[][] values = [[1], [2], [3], [4]];
        cache.Set(Tag(1), values[0]);
        Assert.True(cache.TryGet(Tag(1), out var copy));
        cache.Set(Tag(1), values[1]);                       // in place of another
        Assert.Equal([0, 1], [values[0][0], copy[0]]);
        cache.Set(Tag(2), values[2]);
        cache.Set(Tag(3), values[3]);                       // one too many
        Assert.Equal([0, 3, 4], values[1..].Select(value => value[0]));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void Entries_TooOld_LeaveAtTheNextUseOfAnyOther()
    {
        var cache = new KeyedCache<byte[]>(8, TimeSpan.FromMinutes(1), _time, static value => [.. value], Array.Clear);
        byte[][] values = [[1], [2], [3]];
        cache.Set(Tag(1), values[0]);
        _time.Advance(TimeSpan.FromSeconds(30));
        cache.Set(Tag(2), values[1]);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(cache.TryGet(Tag(9), out _));
        Assert.Equal((0, 2, 1), (values[0][0], values[1][0], cache.Count));
        _time.Advance(TimeSpan.FromSeconds(30));
        cache.Set(Tag(3), values[2]);
        Assert.Equal((0, 3, 1), (values[1][0], values[2][0], cache.Count));
    }

    [Fact]
    public void TagOf_PartsSharedOutOtherwise_Differs()
    {
        var cache = new KeyedCache<bool>(1, TimeSpan.FromMinutes(1), _time);
        Assert.NotEqual(cache.TagOf("ab"u8, "c"u8, "d"u8), cache.TagOf("a"u8, "bc"u8, "d"u8));
        Assert.NotEqual(cache.TagOf("a"u8, "bc"u8, "d"u8), cache.TagOf("a"u8, "b"u8, "cd"u8));
        Assert.NotEqual(cache.TagOf("a"u8, "b"u8, "c"u8), new KeyedCache<bool>(1, TimeSpan.FromMinutes(1), _time).TagOf("a"u8, "b"u8, "c"u8));
    }

    private static byte[] Tag(byte number) => [.. Enumerable.Repeat(number, 32)];
}
