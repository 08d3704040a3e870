using System.Text;
using Mail.Security.Sasl;
using Relay.Configuration;
using Relay.Running;

namespace Relay.Tests;

/// <summary>The file of accounts, and the command that makes its lines.</summary>
public sealed class CredentialTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"relay-accounts-{Guid.NewGuid():N}");

    private readonly string _key = LoginKey.PathBeside(Path.Combine(Path.GetTempPath(), $"relay-{Guid.NewGuid():N}.db"));

    public void Dispose()
    {
        File.Delete(_path);
        File.Delete(_key);
    }

    [Theory]
    [InlineData("--Name ann@example.org", "ann@example.org SCRAM-SHA-256$15000:")]
    [InlineData("--Name=ann --Hash sha512 --Iterations 4096", "ann SCRAM-SHA-512$4096:")]
    [InlineData("--name ann --hash Sha1 --iterations 10000", "ann SCRAM-SHA-1$10000:")]
    [Trait("rfc", "5803#1")]
    public void Write_AnAccount_IsALineOfTheFile(string arguments, string start)
    {
        var line = Make(arguments, "correct horse");

        Assert.StartsWith(start, line, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", line, StringComparison.Ordinal);
        Assert.Single(Load(line).Hashes);
    }

    [Theory]
    [InlineData("", "--Name is needed")]
    [InlineData("--Name=a%b", "--Name is needed")]
    [InlineData("--Name=#ann", "--Name is needed")]
    [InlineData("--Name ann --Password secret", "the password is read from the standard input")]
    [InlineData("--Name ann --config file", "the password is read from the standard input")]
    [InlineData("--Name ann --Hash MD5", "is none of Sha256, Sha512, Sha1")]
    [InlineData("--Name ann --Iterations 1000", "is not a whole number from 4096")]
    public void Read_BadCommandLine_SaysWhy(string arguments, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => CredentialCommand.Read(Parse(arguments))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("two words \nmore", "two words ")]
    [InlineData("\nsecret", "")]
    [InlineData("", "")]
    public void ReadLine_OfThePassword_IsTheFirst(string text, string password) =>
        Assert.Equal(password, Encoding.UTF8.GetString(CredentialCommand.ReadLine(new MemoryStream(Encoding.UTF8.GetBytes(text)))));

    [Fact]
    public void ReadLine_OfAFlood_IsRefused() =>
        Assert.Throws<FormatException>(() => CredentialCommand.ReadLine(new MemoryStream(new byte[1 << 20])));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Write_PasswordThatIsNone_IsRefused(string password) => Assert.Throws<FormatException>(() => Make("--Name ann", password));

    [Fact]
    public async Task Run_PasswordByStandardInput_WritesTheLine()
    {
        var (code, output, error) = await RelayProgram.RunAsync("correct horse\n", "credential", "--Name", "ann", "--Iterations", "4096");

        Assert.Equal((0, ""), (code, error));
        Assert.True(ScramCredential.TryParse(output.TrimEnd().Split(' ')[1], out _, out _));
        Assert.StartsWith("ann ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PasswordOnTheCommandLine_IsRefusedUnseen()
    {
        var (code, output, error) = await RelayProgram.RunAsync("x\n", "credential", "--Name", "ann", "--Password", "correct horse");

        Assert.Equal((2, ""), (code, output));
        Assert.DoesNotContain("horse", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# nobody\n\n", "holds no account")]
    [InlineData("ann\n", "line 1 of ")]
    [InlineData("# ann\nann SCRAM-SHA-256 $4096\n", "line 2 of ")]
    [InlineData("ann secret\n", "holds no usable credential (Malformed)")]
    public void Load_BadFile_SaysWhereAndNotWhat(string text, string sentence)
    {
        var message = Assert.Throws<FormatException>(() => Load(text)).Message;

        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SecondCredentialOfAName_MustBeOfAnotherHash()
    {
        var (one, two) = (Make("--Name ann", "x"), Make("--Name ann --Hash Sha512", "x"));

        Assert.Equal([ScramHash.Sha512, ScramHash.Sha256], Load(one + two).Hashes);
        Assert.Throws<FormatException>(() => Load(one + one));
    }

    [Fact]
    public void Load_AccountsWithoutACommonHash_AreRefused() =>
        Assert.Contains("no hash", Assert.Throws<FormatException>(() => Load(Make("--Name ann", "x") + Make("--Name bob --Hash Sha1", "x"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_FileThatEverybodyMayRead_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        File.WriteAllText(_path, Make("--Name ann", "x"));
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("chmod", Assert.Throws<FormatException>(() => CredentialFile.Load(_path)).Message, StringComparison.Ordinal);
    }

    // As secrets are mounted: what counts is who may read the file behind the link.
    [Theory]
    [InlineData(UnixFileMode.UserRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    public void Load_ALinkToTheFile_IsJudgedByTheFile(UnixFileMode mode, bool loads)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        File.WriteAllText(_path, Make("--Name ann", "x"));
        File.SetUnixFileMode(_path, mode);
        var link = _path + ".link";
        File.CreateSymbolicLink(link, _path);
        try
        {
            Assert.Equal(loads, Record.Exception(() => CredentialFile.Load(link)) is null);
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public void Load_MarkOfUtf8AndCrLf_AreNoPartOfALine()
    {
        Assert.Equal([ScramHash.Sha256], Load("\uFEFF" + (Make("--Name ann", "x") + "# remark\n" + Make("--Name bob", "y")).ReplaceLineEndings("\r\n")).Hashes);
    }

    [Fact]
    public void CreateFactory_Offer_HasTheHashesOfAllAccounts()
    {
        var factory = Load(Make("--Name ann", "x") + Make("--Name ann --Hash Sha512", "x") + Make("--Name bob", "x")).CreateFactory(LoginKey.Open(_key));

        Assert.Equal(["SCRAM-SHA-256", "PLAIN", "LOGIN"], factory.Offer(new SaslServerChannel(SaslProtection.Verified)));
        Assert.Equal(["SCRAM-SHA-256"], factory.Offer(new SaslServerChannel(SaslProtection.None)));
    }

    // What a name without an account is answered tells nobody that it has none, whatever became of the accounts meanwhile.
    [Theory]
    [InlineData("same")]
    [InlineData("another before it")]
    [InlineData("removed")]
    public async Task CreateFactory_UnknownName_KeepsItsSaltWhenAccountsChange(string change)
    {
        var (ann, bob) = (Make("--Name ann", "x"), Make("--Name bob", "y"));
        var before = await SaltAsync(Load(ann + bob), "eve");

        var after = Load(change switch { "same" => ann + bob, "removed" => bob, _ => Make("--Name aaron", "z") + ann + bob });

        Assert.Equal(before, await SaltAsync(after, "eve"));
        Assert.NotEqual(before, await SaltAsync(after, "mallory"));
        File.Delete(_key);
        Assert.NotEqual(before, await SaltAsync(after, "eve"));
    }

    private async Task<string> SaltAsync(CredentialFile accounts, string name)
    {
        Assert.True(accounts.CreateFactory(LoginKey.Open(_key)).TryCreate("SCRAM-SHA-256", new SaslServerChannel(SaslProtection.None), out var server));
        using (server)
        {
            var step = await server.StartWithAsync(Encoding.UTF8.GetBytes($"n,,n={name},r=abcdefgh"), TestContext.Current.CancellationToken);
            return Encoding.UTF8.GetString(Assert.IsType<SaslServerStep.Challenge>(step).Data.Span).Split(',').Single(part => part.StartsWith("s=", StringComparison.Ordinal));
        }
    }

    internal static string Make(string arguments, string password)
    {
        var output = new StringWriter();
        Assert.Equal(ExitCode.Ok, CredentialCommand.Write(CredentialCommand.Read(Parse(arguments)), Encoding.UTF8.GetBytes(password), output));
        return output.ToString();
    }

    // "%" stands for a space within an argument.
    private static CommandLine Parse(string arguments)
    {
        var line = CommandLine.Parse(["credential", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(argument => argument.Replace('%', ' '))]);
        Assert.Null(line.Problem);
        return line;
    }

    /// <summary>Writes a file for its owner only.</summary>
    internal static void Keep(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private CredentialFile Load(string text)
    {
        Keep(_path, text);
        return CredentialFile.Load(_path);
    }
}
