namespace Acme.Plugin.Tests;

public sealed class ContractTests
{
    private static readonly MlpConfig Encoder = new() { EmbedDim = 24, Depth = 3 };

    [Fact]
    public void Encoder_keeps_the_contract() => ComponentConformance.Check(Encoder);

    [Fact]
    public void Pretext_task_keeps_the_contract() => ComponentConformance.Check(new BrightnessConfig(), new ConformanceOptions { Encoder = Encoder });

    [Fact]
    public void Head_keeps_the_contract() => ComponentConformance.Check(new NearestConfig { Dropout = 0.1 }, new ConformanceOptions { Encoder = Encoder });

    [Fact]
    public void Dataset_keeps_the_contract() => ComponentConformance.Check(new SpheresConfig { NumCases = 2, Edge = 20 });
}
