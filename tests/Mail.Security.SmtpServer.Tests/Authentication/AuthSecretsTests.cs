using System.Globalization;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>What a client sends as its credentials is in no log line at any level, and a failed login does not name anybody.</summary>
public sealed class AuthSecretsTests
{
    private readonly TestAccounts _accounts = new();

    [Theory]
    [InlineData("AUTH PLAIN {0}", TestAccounts.Password)]
    [InlineData("AUTH PLAIN\r\n{0}", TestAccounts.Password)]
    [InlineData("AUTH PLAIN {0}", "wrong secret")]
    [InlineData("AUTH PLAIN\r\n{0}", "wrong secret")]
    [InlineData("AUTH GSSAPI {0}", "wrong secret")]
    [InlineData("AUTH {0}", "wrong secret")]
    [InlineData("AUTH PLAIN {0}?", "wrong secret")]
    [InlineData("AUTH PLAIN {0} {0}", "wrong secret")]
    [InlineData("AUTH PLAIN\r\n*\r\n{0}", "wrong secret")]
    [InlineData("{0}", "wrong secret")]
    public void Log_OfALogin_HoldsNoCredentials(string lines, string password)
    {
        var log = new Lines();
        var response = TestAccounts.Plain(password);
        var session = new MemorySession(_accounts.Everywhere(), logger: log);
        session.Send(MemorySession.Hello + string.Format(CultureInfo.InvariantCulture, lines, response) + "\r\nQUIT\r\n");
        var text = string.Join('\n', log.Text) + session.End + session.Info + session.Info.Authentication;
        Assert.NotEmpty(log.Text);
        Assert.DoesNotContain(password, text, StringComparison.Ordinal);
        Assert.DoesNotContain(response[..12], text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(session.Info.Authentication is not null, text.Contains(TestAccounts.User, StringComparison.Ordinal));
    }

    [Fact]
    public void ToString_OfTheParts_HoldsNoCredentials()
    {
        Assert.True(AuthLine.TryDecode("AGFubg=="u8, out var data));
        Assert.Equal("Response", new AuthLine(AuthLineKind.Response, data).ToString());
        Assert.DoesNotContain("ann", new Decision(SessionAction.Authenticate, Smtp.SmtpVerb.Auth) { Response = data }.ToString(), StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Text { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text.Add($"{formatter(state, exception)} {exception}");
    }
}
