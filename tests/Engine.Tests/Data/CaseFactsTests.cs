using HiEndMae.Engine.Data.Inspection;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>Figures of a case keep few intensities of many cases.</summary>
public sealed class CaseFactsTests
{
    [Fact]
    public void Fewer_intensities_keep_the_extremes_and_the_middle()
    {
        float[] samples = [.. Enumerable.Range(0, 1001).Select(i => (float)(i * 3 % 1001))];
        CaseFacts facts = new("a", DatasetSplit.Training, default, default, 1, samples, [], null);
        Assert.Equal([0f, 250, 500, 750, 1000], facts.WithFewer(5).Samples);
        Assert.Same(facts, facts.WithFewer(1001));
    }
}
