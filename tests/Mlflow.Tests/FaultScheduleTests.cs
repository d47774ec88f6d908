using System.Globalization;
using CsCheck;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Whatever goes wrong in whatever order, the server ends with exactly what was logged.</summary>
public sealed class FaultScheduleTests
{
    private static readonly Gen<(int Kind, int Run, int Number)> GenOperation = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[0, 9]);
    private static readonly Gen<(ServerVersion Version, List<(int Kind, int Run, int Number)> Operations, List<Fault> Faults)> GenCase = Gen.Select(
        Gen.Int[0, 2].Select(static number => (ServerVersion)number), GenOperation.List[5, 40], Gen.OneOf(Gen.Const(Fault.None), Gen.Int[0, (int)Fault.Unauthorized].Select(number => (Fault)number)).List[0, 40]);

    [Fact]
    public void After_any_faults_the_server_has_every_value_once() => Sample(10);

    [Fact, Trait("speed", "slow")]
    public void After_many_more_faults_the_server_has_every_value_once()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");
        Sample(300);
    }

    private static void Sample(int count) => GenCase.Sample(static one =>
    {
        using var fixture = new SessionFixture(one.Version);
        FaultSchedule.Check(fixture, one.Operations, one.Faults);
    }, iter: count, threads: 1);
}
