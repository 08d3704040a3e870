namespace Mail.Security.Dnssec.Tests.Rollover;

public sealed class TrustAnchorStoreTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string File => Path.Combine(_folder, "anchors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SaveAsync_EveryState_ComesBackAsItWas()
    {
        TrackedAnchor[] all =
        [
            .. Enum.GetValues<TrustAnchorState>().Select(static state => new TrackedAnchor(TrustAnchors.Root[0], state, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero))),
            new(TrustAnchors.Root[1] with { Zone = DomainName.Parse("example") }, TrustAnchorState.AddPending, DateTimeOffset.UnixEpoch) { AcceptAt = DateTimeOffset.UnixEpoch.AddDays(30), Witnesses = TrustAnchors.Root },
            new(TrustAnchors.Root[0], TrustAnchorState.Valid, DateTimeOffset.UnixEpoch) { IsConfigured = true },
            new(TrustAnchors.Root[0], TrustAnchorState.Valid, DateTimeOffset.UnixEpoch) { IsLearnt = true },
            new(TrustAnchors.Root[0], TrustAnchorState.Valid, DateTimeOffset.UnixEpoch) { IsConfigured = true, IsLearnt = true },
            new(new TrustAnchor(default, 1, 253, 9, new byte[] { 1, 2, 3 }), TrustAnchorState.Valid, DateTimeOffset.UnixEpoch),          // of algorithms that are not known here
        ];
        foreach (var store in new ITrustAnchorStore[] { new FileTrustAnchorStore(File), new InMemoryTrustAnchorStore() })
        {
            Assert.Empty(await store.LoadAsync(Ct));
            await store.SaveAsync([all[0]], Ct);
            await store.SaveAsync(all, Ct);
            var loaded = await (store is FileTrustAnchorStore ? new FileTrustAnchorStore(File) : store).LoadAsync(Ct);
            Assert.Equal(all.Select(Text), loaded.Select(Text));
        }
        Assert.Equal([File], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 2.\n")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 1.\nValid 2026")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 1.\nValid 2026-01-02T03:04:05.6780000+00:00 - - . DS 1 13 2 00\n")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 1.\nValid today - - . DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 1.\nValid 2026-01-02T03:04:05.6780000+00:00 - perhaps . DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n")]
    [InlineData("# Keys of trust points (RFC 5011), written by the resolver. Version 1.\nGood 2026-01-02T03:04:05.6780000+00:00 - - . DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n")]
    public async Task LoadAsync_AnythingElse_IsNeverTakenForNothing(string text)
    {
        await System.IO.File.WriteAllTextAsync(File, text, Ct);
        await Assert.ThrowsAsync<IOException>(async () => await new FileTrustAnchorStore(File).LoadAsync(Ct));
    }

    [Fact]
    public async Task SaveAsync_FolderThatIsGone_IsAnIOException() =>
        await Assert.ThrowsAnyAsync<IOException>(async () => await new FileTrustAnchorStore(Path.Combine(_folder, "no", "anchors")).SaveAsync([], Ct));

    [Fact]
    public async Task LoadAsync_FolderThatIsGone_IsNeverTakenForNothing() =>
        await Assert.ThrowsAnyAsync<IOException>(async () => await new FileTrustAnchorStore(Path.Combine(_folder, "no", "anchors")).LoadAsync(Ct));

    [Fact]
    public async Task LoadAsync_AFolderInItsPlace_IsNeverTakenForNothing() =>
        await Assert.ThrowsAnyAsync<IOException>(async () => await new FileTrustAnchorStore(_folder).LoadAsync(Ct));

    [Fact]
    public async Task LoadAsync_ALinkThatLeadsNowhere_IsNeverTakenForNothing()
    {
        System.IO.File.CreateSymbolicLink(File, Path.Combine(_folder, "unmounted"));
        await Assert.ThrowsAnyAsync<IOException>(async () => await new FileTrustAnchorStore(File).LoadAsync(Ct));
    }

    private static string Text(TrackedAnchor one) => $"{one.Anchor} {one.State} {one.IsConfigured} {one.IsLearnt} {one.Since:O} {one.AcceptAt:O} {string.Join(", ", one.Witnesses)}";
}
