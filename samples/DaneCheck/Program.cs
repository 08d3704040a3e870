using DaneCheck.Printing;
using DaneCheck.Running;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
return await DaneCheckCommand.RunAsync(args, Console.Out, Console.Error, Painter.OfThisProcess(), stop.Token);
