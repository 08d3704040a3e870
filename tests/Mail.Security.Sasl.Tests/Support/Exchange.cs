using System.Text;

namespace Mail.Security.Sasl.Tests;

/// <summary>How an exchange ended on each end; null where an end had no say.</summary>
internal sealed record ExchangeEnd(SaslServerStep? Server, SaslClientStep? Client)
{
    public bool Authenticated => Server is SaslServerStep.Succeeded && Client is SaslClientStep.Authenticated;
}

/// <summary>Carries messages between a client and a server, and can change one on its way.</summary>
internal static class Exchange
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);

    public static string Text(SaslServerStep step) => Text(Assert.IsType<SaslServerStep.Challenge>(step).Data);

    public static string Text(SaslClientStep step) => Text(Assert.IsType<SaslClientStep.Send>(step).Data);

    public static ValueTask<SaslServerStep> StartAsync(this SaslServer server, string text) => server.StartWithAsync(Utf8(text), TestContext.Current.CancellationToken);

    public static ValueTask<SaslServerStep> RespondAsync(this SaslServer server, string text) => server.RespondAsync(Utf8(text), TestContext.Current.CancellationToken);

    public static async Task<SaslClientStep> BeginAsync(this SaslClient client) => await client.StartAsync(TestContext.Current.CancellationToken);

    public static async Task<SaslClientStep> AnswerAsync(this SaslClient client, byte[] challenge) => await client.RespondAsync(challenge, TestContext.Current.CancellationToken);

    public static async Task<SaslClientStep> FinishAsync(this SaslClient client, byte[]? data = null) => await client.CompleteAsync(data, TestContext.Current.CancellationToken);

    /// <summary>Runs to the end. <paramref name="change"/> sees every message with its number, from either side.</summary>
    public static async Task<ExchangeEnd> RunAsync(SaslClient client, SaslServer server, Func<int, byte[], byte[]>? change = null)
    {
        change ??= static (_, message) => message;
        var number = 0;
        var step = await client.BeginAsync();
        if (step is SaslClientStep.Failed)
            return new ExchangeEnd(null, step);
        var answer = step is SaslClientStep.Send initial ? await server.StartWithAsync(change(number++, initial.Data.ToArray())) : await server.StartAsync();
        while (answer is SaslServerStep.Challenge challenge)
        {
            step = await client.AnswerAsync(change(number++, challenge.Data.ToArray()));
            if (step is not SaslClientStep.Send response)
                return new ExchangeEnd(null, step);
            answer = await server.RespondAsync(change(number++, response.Data.ToArray()));
        }
        return new ExchangeEnd(answer, answer is SaslServerStep.Succeeded ? await client.FinishAsync() : null);
    }

    public static SaslFailure Reason(SaslServerStep? step) => Assert.IsType<SaslServerStep.Failed>(step).Reason;

    public static SaslClientFailure Reason(SaslClientStep? step) => Assert.IsType<SaslClientStep.Failed>(step).Reason;
}
