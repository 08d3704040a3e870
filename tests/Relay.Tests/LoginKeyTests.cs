using Relay.Configuration;

namespace Relay.Tests;

/// <summary>The file of the key from which unknown names get their salts.</summary>
public sealed class LoginKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("relay-login-key-").FullName;

    private string Key => LoginKey.PathBeside(Path.Combine(_folder, "relay.db"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_FirstTime_MakesAKeyForTheOwnerAndThenReadsIt()
    {
        var made = LoginKey.Open(Key);

        Assert.Equal(32, made.Bytes.Length);
        Assert.Equal([Key], Directory.GetFiles(_folder));
        Assert.True(made.Bytes.Span.SequenceEqual(LoginKey.Open(Key).Bytes.Span));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key));
        File.Delete(Key);
        Assert.False(made.Bytes.Span.SequenceEqual(LoginKey.Open(Key).Bytes.Span));
    }

    [Fact]
    public async Task Open_ManyAtOnce_AllHaveTheSame()
    {
        for (var round = 0; round < 50; round++)
        {
            var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Convert.ToHexString(LoginKey.Open(Key).Bytes.Span))));

            Assert.Single(keys.Distinct());
            Assert.Equal([Key], Directory.GetFiles(_folder));
            File.Delete(Key);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Open_FileThatIsNoKey_IsRefusedAndKept(int length)
    {
        CredentialTests.Keep(Key, new string('x', length));

        Assert.Contains("is no key", Assert.Throws<IOException>(() => LoginKey.Open(Key)).Message, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(Key).Length);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Open_FileThatEverybodyMayUse_IsRefused(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        LoginKey.Open(Key);
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | more);

        Assert.Contains("chmod", Assert.Throws<IOException>(() => LoginKey.Open(Key)).Message, StringComparison.Ordinal);
    }

    // As on a volume that belongs to a group, after a restart.
    [Fact]
    public void Open_FileOfAGroup_IsRead()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        var made = LoginKey.Open(Key);
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

        Assert.True(made.Bytes.Span.SequenceEqual(LoginKey.Open(Key).Bytes.Span));
    }

    [Fact]
    public void Open_FolderThatIsNotThere_IsAnIOException() =>
        Assert.ThrowsAny<IOException>(() => LoginKey.Open(Path.Combine(_folder, "none", "relay.db.login-key")));
}
