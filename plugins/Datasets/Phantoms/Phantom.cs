using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Lists abdomens; each is made when it is loaded.</summary>
internal sealed class Phantom(PhantomConfig config, DatasetContext context) : Dataset
{
    public override DatasetInfo Info { get; } = new("phantom", ["CT"], ["background", .. Abdomen.OrganNames]);

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split)
    {
        int count = split switch
        {
            DatasetSplit.Pretraining => config.NumPretraining,
            DatasetSplit.Training => config.NumTraining,
            DatasetSplit.Validation => config.NumValidation,
            _ => config.NumTest,
        };
        if (split == DatasetSplit.Pretraining && count == 0) context.Warn("num_pretraining is 0: there is nothing to pre-train on.");
        return Enumerable.Range(0, count).Select(index => new Case(config, split, index));
    }

    private sealed class Case(PhantomConfig config, DatasetSplit split, int index) : DatasetCase
    {
        private readonly string name = string.Create(CultureInfo.InvariantCulture, $"{split.ToString().ToLowerInvariant()}-{index:D3}");

        public override string Id => $"phantom-{name}";

        public override string Group => Id;

        public override bool HasLabel => split != DatasetSplit.Pretraining;

        // The text begins with the version of the anatomy model, so that cached cases of earlier versions are not used.
        public override string ContentKey => string.Create(
            CultureInfo.InvariantCulture, $"phantom 2:{config.Seed}:{name}:{config.Grid}:{config.VoxelMm}:{config.Noise:R}:{string.Join(',', config.Phases)}");

        public override Volume<float> LoadImage(CancellationToken cancel) => Render(cancel).Image;

        public override Volume<ushort>? LoadLabel(CancellationToken cancel) => HasLabel ? Render(cancel).Label : null;

        private (Volume<float> Image, Volume<ushort> Label) Render(CancellationToken cancel)
        {
            // The seed includes the split, so that no anatomy is in two splits.
            var random = new PhantomRandom(SplitMix64.Mix(((ulong)(uint)config.Seed << 32) ^ ((ulong)split << 28) ^ (uint)index));
            Abdomen abdomen = Abdomen.Draw(random, config.Phases);
            return new Renderer(abdomen, config.Noise, random.NextBits()).Render(config.Grid, config.VoxelMm, cancel);
        }
    }
}
