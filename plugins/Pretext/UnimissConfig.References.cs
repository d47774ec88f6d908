using System.Globalization;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record UnimissConfig : IReferenceCheck
{
    private const string Volume = "backbone.volume3D", Slice = "backbone.slice2D", Fixed = "head.last_layer.weight_g";

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Losses(golden), .. Schedules(golden), .. Steps(golden)];

    private List<ReferenceValue> Losses(IReferenceTensors golden)
    {
        const string Part = "loss.";
        // Temperatures rise from 0.04 to 0.07 in five epochs. The losses are those of epoch 3.
        double[] temperatures = [.. Enumerable.Range(0, (int)golden[Part + "teacher_temperature_by_epoch"].numel()).Select(epoch => UnimissUpdates.TemperatureAt(0.04, 0.07, epoch, warmup: 5))];
        Tensor centre = golden[Part + "centre_before"].clone();
        Tensor volumes = golden[Part + "student_volume"].requires_grad_(), slices = golden[Part + "student_slices"].requires_grad_();
        Tensor taughtVolumes = golden[Part + "teacher_volume"], taughtSlices = golden[Part + "teacher_slices"], total = zeros(1, device: golden.Device).squeeze();
        var values = new List<ReferenceValue>();
        (string Name, Tensor Student, Tensor Teacher)[] pairs = [("volume", volumes, taughtVolumes), ("slices_to_volume", slices, taughtVolumes), ("slices", slices, taughtSlices), ("volume_to_slices", volumes, taughtSlices)];
        foreach ((int i, (string name, Tensor student, Tensor teacher)) in pairs.Index())
        {
            Tensor loss = UnimissLosses.Crossed(student, teacher, centre, StudentTemperature, temperatures[3]);
            UnimissLosses.Move(centre, teacher, CentreMomentum);
            total = total + loss;
            values.AddRange([new($"{Part}{i}.{name}", loss), new($"{Part}{i}.centre_after", centre.clone())]);
        }
        total.backward();
        values.AddRange([
            new(Part + "total", total), new(Part + "student_volume_grad", volumes.grad!), new(Part + "student_slices_grad", slices.grad!),
            new(Part + "teacher_temperature_by_epoch", tensor(temperatures), 1e-12),
        ]);
        return values;
    }

    // "10 epochs of 7: lr 0.05 to 0.001 with 2 warm-up epochs from 0, decay 0.04 to 0.4, momentum 0.9 to 1". The values of the ends are those of the step after the last.
    private static ReferenceValue[] Schedules(IReferenceTensors golden)
    {
        int steps = (int)golden["schedule.lr"].numel();
        (Tensor rates, Tensor decays) = golden.Schedules(
            "lr = 0.05\nweight_decay = 0.04\nweight_decay_end = 0.4", "warmup_steps = 14\nwarmup_start_lr = 0.0\nwarmup_reaches_peak = true\nend_lr = 0.001\nends_at_last_step = true", steps + 1);
        return
        [
            new("schedule.lr", rates.narrow(0, 0, steps), 1e-9), new("schedule.weight_decay", decays.narrow(0, 0, steps), 1e-9),
            new("schedule.momentum", tensor([.. Enumerable.Range(0, steps).Select(step => UnimissUpdates.MomentumAt(0.9, step, steps))]), 1e-9),
        ];
    }

    // In the golden, a linear map stands for the encoder of volumes, another for that of slices, and the optimiser is gradient descent with decay on matrices.
    private List<ReferenceValue> Steps(IReferenceTensors golden)
    {
        var values = new List<ReferenceValue>();
        double[] rates = Doubles(golden["schedule.lr"]), decays = Doubles(golden["schedule.weight_decay"]), momenta = Doubles(golden["schedule.momentum"]);
        Tensor fixedLengths = golden["weights." + Fixed];
        Tensor centre = zeros(1, fixedLengths.shape[0], device: golden.Device);
        Model student = Model.Of(golden), teacher = Model.Of(golden);
        using (student) using (teacher)
        {
            foreach (nn.Module module in teacher.Modules) Teacher.Of(module);
            for (int step = 0; golden.Has($"step{step}.loss"); step++)
            {
                string part = $"step{step}.";
                Tensor views = cat([golden[part + "view_1"], golden[part + "view_2"]]);
                UnimissOutputs seen = student.Run(views), taught;
                using (no_grad()) taught = teacher.Run(views);
                UnimissLosses losses = UnimissLosses.Of(seen, taught, centre, this, TeacherTemperature, moves: true);
                losses.Total.backward();
                values.AddRange([
                    new(part + "student_volume", seen.Volumes.detach(), 1e-4), new(part + "student_slices", seen.Slices.detach(), 1e-4), new(part + "teacher_volume", taught.Volumes, 1e-4),
                    new(part + "teacher_slices", taught.Slices, 1e-4), new(part + "losses", stack([losses.Volume, losses.SlicesToVolume, losses.Slices, losses.VolumeToSlices]).detach()),
                    new(part + "loss", losses.Total.detach()), new(part + "centre_after", centre.clone()),
                ]);
                foreach ((string name, Parameter parameter) in student.Named) values.Add(new($"{part}grad_norm_before_clipping.{name}", parameter.grad!.norm(), 1e-4));
                UnimissUpdates.Clip(student.Named.Select(entry => entry.Value), ParameterClip, lossScale: 1);
                if (golden[part + "epoch"].item<long>() == 0) student.Head.LastLayer.grad!.zero_();
                int place = (int)golden[part + "place"].item<long>();
                foreach ((_, Parameter parameter) in student.Named)
                {
                    using IDisposable noGrad = no_grad();
                    bool frozen = ReferenceEquals(parameter, student.Head.LastLayer) && golden[part + "epoch"].item<long>() == 0;
                    if (!frozen) parameter.sub_((parameter.grad! + (parameter * (parameter.dim() > 1 ? decays[place] : 0))) * rates[place]);
                    parameter.grad!.zero_();
                }
                foreach ((nn.Module follower, nn.Module leader) in teacher.Modules.Zip(student.Modules)) Teacher.Follow(follower, leader, momenta[place]);
            }
            foreach ((string who, Model model) in (ReadOnlySpan<(string, Model)>)[("student", student), ("teacher", teacher)])
            {
                foreach ((string name, Parameter parameter) in model.Named) values.Add(new($"after.{who}.{name}", parameter.detach().clone(), 1e-4));
                values.Add(new($"after.{who}.{Fixed}", ones_like(fixedLengths), 0));
            }
        }
        return values;
    }

    private static double[] Doubles(Tensor values) => values.cpu().to(ScalarType.Float64).data<double>().ToArray();

    private sealed record Model(Linear Volumes, Linear Slices, UnimissHead Head, (string Name, Parameter Value)[] Named) : IDisposable
    {
        private const int Colours = 3;

        public nn.Module[] Modules => [Volumes, Slices, Head];

        public static Model Of(IReferenceTensors golden)
        {
            Tensor Weight(string name) => golden["weights." + name];
            Linear Map(string name) => nn.Linear(Weight(name + ".weight").shape[1], Weight(name + ".weight").shape[0]);
            (Linear volumes, Linear slices) = (Map(Volume), Map(Slice));
            long[] last = Weight("head.last_layer.weight_v").shape;
            var head = new UnimissHead((int)volumes.weight!.shape[0], (int)Weight("head.mlp.0.weight").shape[0], (int)last[1], (int)last[0]);
            (string, Parameter)[] named =
            [
                .. volumes.named_parameters().Select(entry => ($"{Volume}.{entry.name}", entry.parameter)), .. slices.named_parameters().Select(entry => ($"{Slice}.{entry.name}", entry.parameter)),
                .. head.named_parameters().Select(entry => (OfficialName(entry.name), entry.parameter)),
            ];
            foreach (nn.Module module in (nn.Module[])[volumes, slices, head]) module.to(golden.Device);
            foreach ((string name, Parameter parameter) in named)
            {
                using IDisposable noGrad = no_grad();
                parameter.copy_(Weight(name));
            }
            return new Model(volumes, slices, head, named);
        }

        public void Dispose()
        {
            foreach (nn.Module module in Modules) module.Dispose();
        }

        public UnimissOutputs Run(Tensor views)
        {
            long[] size = views.shape;
            Tensor slices = views.reshape(size[0] * size[2], 1, size[3], size[4]).repeat(1, Colours, 1, 1);
            return new UnimissOutputs(Head.call(Volumes.call(views.flatten(1))), Head.call(Slices.call(slices.flatten(1))).reshape(size[0], size[2], -1).mean([1]));
        }

        // layer1, layer2 and layer3 are places 0, 2 and 4 of a list there.
        private static string OfficialName(string name)
        {
            string[] parts = name.Split('.');
            return parts.Length == 1 ? "head.last_layer.weight_v" : $"head.mlp.{2 * (int.Parse(parts[0]["layer".Length..], CultureInfo.InvariantCulture) - 1)}.{parts[1]}";
        }
    }
}
