using Mail.Security.Conformance;

namespace Mail.Security.Dnssec.Tests.Conformance.Costs;

/// <summary>The validation without the cache before it, so that what it did can be counted.</summary>
internal sealed class ValidatorBench : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly DnssecMeters _meters = new(null);
    private readonly ServerExchange _server;
    private readonly ValidationRules _rules;
    private readonly AnswerValidator _validator;

    public ValidatorBench(ConformanceWorld world)
    {
        var options = new DnssecResolverOptions { TrustAnchors = world.Server.TrustAnchors };
        _server = new ServerExchange(world.Server.EndPoint, DnssecMode.Validate, TimeSpan.FromMinutes(1), TimeProvider.System, _meters);
        var upstream = new Upstream([new UpstreamServer(_server, [], TimeProvider.System)], attempts: 1);
        _rules = new ValidationRules(options);
        var verifier = new SetVerifier(_rules.ClockSkew, _rules.Sha1, world.Time);
        _validator = new AnswerValidator(new ZoneFinder(question => new Inquiry(upstream.AskAsync, question, _meters), _rules, verifier, options, world.Time, _stop.Token), verifier, _rules, options.MaxAliases, world.Time);
    }

    public async Task<(Judgement Judgement, WorkBudget Budget)> JudgeAsync(string ask, CancellationToken cancellationToken)
    {
        var question = new Question(DomainName.ParseLax(ask.Split(' ')[0]), (DnsClient.Protocol.ResourceRecordType)ConformanceWorld.TypeOf(ask));
        var answered = Assert.IsType<Reply.Answered>(await _server.AskAsync(question, cancellationToken));
        var budget = _rules.Budget();
        return (await _validator.JudgeAsync(question, answered.Message, budget, cancellationToken), budget);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _meters.Dispose();
    }
}
